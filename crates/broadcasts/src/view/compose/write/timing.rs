//! The fields of when it is sent, and how often.

use leptos::prelude::*;
use strum::VariantArray as _;

use super::{Refused, choice, is_used, option};
use crate::{
    model::{Every, Late, Letter, Weekday},
    words as names,
    words::compose as words,
};
use plenum_ui::{Field, forms::field_error, page::use_zone, view};

pub(super) fn timing(entered: &Letter, refused: Refused) -> AnyView {
    let zone = use_zone().with_untracked(|zone| zone.name.clone());
    let clocks = [(String::new(), words::own_zone(&zone)), ("own".to_owned(), words::EACH_ZONE.to_owned())]
        .map(|(value, name)| option(entered.get("clock"), value, name))
        .collect_view();
    let lates = [("at_once", Late::AtOnce), ("next_day", Late::NextDay)]
        .map(|(value, late)| option(entered.get("late"), value.to_owned(), words::late(late).to_owned()))
        .collect_view();
    view! {
        <div class="form-row">
            <Field id="at" name="at" label=words::AT kind="datetime-local" value=entered.get("at") hint=words::AT_HINT error=field_error(refused, "at")/>
            {choice(("clock", "clock-error"), words::CLOCK, clocks.into_any(), None, refused)}
            {choice(("late", "late-error"), words::LATE, lates.into_any(), Some(words::LATE_HINT), refused)}
        </div>
    }
}

pub(super) fn repetition(entered: &Letter, refused: Refused) -> AnyView {
    let open = is_used(entered, refused, ["repeat", "until", "times"].into_iter());
    let often = std::iter::once((String::new(), words::ONCE.to_owned()))
        .chain(Every::VARIANTS.iter().copied().map(|every| (every.into_str().to_owned(), names::every(every).to_owned())))
        .map(|(value, name)| option(entered.get("repeat"), value, name))
        .collect_view();
    let days = Weekday::VARIANTS
        .iter()
        .copied()
        .map(|day| {
            let on = !entered.get(day.into_str()).is_empty();
            view! {
                <label class="check">
                    <input type="checkbox" name=day.into_str() value="on" checked=on/>
                    <span>{names::weekday(day)}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <details class="more" open=open>
            <summary>{words::REPEAT}</summary>
            <div class="form">
                {choice(("repeat", "repeat-error"), words::HOW_OFTEN, often.into_any(), None, refused)}
                <fieldset class="field" aria-describedby="days-hint">
                    <legend>{words::DAYS}</legend>
                    <div class="checks">{days}</div>
                    <p class="field-hint" id="days-hint">
                        {words::DAYS_HINT}
                    </p>
                </fieldset>
                <div class="form-row">
                    <Field
                        id="until"
                        name="until"
                        label=words::UNTIL
                        kind="date"
                        value=entered.get("until")
                        hint=words::UNTIL_HINT
                        error=field_error(refused, "until")
                    />
                    <Field
                        id="times"
                        name="times"
                        label=words::TIMES
                        kind="number"
                        value=entered.get("times")
                        autocomplete="off"
                        hint=words::TIMES_HINT
                        error=field_error(refused, "times")
                    />
                </div>
            </div>
        </details>
    }
}
