//! The fields of what is compared: the other variants, and the sample that gets them first.

use leptos::prelude::*;
use strum::VariantArray as _;

use super::{Refused, choice, is_used, most, option, text_area};
use crate::{
    model::{Letter, Measure, TITLE_CHARS, VARIANT_FIELDS, variants::letter},
    words::compose as words,
};
use plenum_ui::{Field, forms::field_error, view};

/// The sizes of samples to choose from, in per cent.
const SAMPLES: [u8; 5] = [5, 10, 20, 30, 50];

fn weight(number: usize, entered: &Letter, refused: Refused) -> AnyView {
    let [.., name] = VARIANT_FIELDS[number];
    let label = words::of_variant(words::WEIGHT, letter(number));
    let (value, error) = (entered.get(name), field_error(refused, name));
    if number == 0 {
        return view! { <Field id=name name=name label=label kind="number" value=value autocomplete="off" hint=words::WEIGHT_HINT error=error/> };
    }
    view! { <Field id=name name=name label=label kind="number" value=value autocomplete="off" error=error/> }
}

pub(super) fn other_variants(entered: &Letter, refused: Refused) -> AnyView {
    let others = VARIANT_FIELDS.into_iter().enumerate().skip(1);
    let open = is_used(entered, refused, others.clone().flat_map(|(_, fields)| fields).chain(["sample", "weight"]));
    let variants = others
        .map(|(number, fields)| {
            let (letter, [title, text, link, _]) = (letter(number), fields);
            let named = |field| words::of_variant(field, letter);
            let variant = view! {
                <fieldset class="form boxed">
                    <legend>{words::variant(letter)}</legend>
                    <Field
                        id=title
                        name=title
                        label=named(words::TITLE)
                        value=entered.get(title)
                        autocomplete="off"
                        maxlength=most(TITLE_CHARS)
                        error=field_error(refused, title)
                    />
                    {text_area(text, named(words::TEXT), entered.get(text), refused)}
                    <div class="form-row">
                        <Field
                            id=link
                            name=link
                            label=named(words::LINK)
                            value=entered.get(link)
                            autocomplete="off"
                            maxlength=200
                            error=field_error(refused, link)
                        />
                        {weight(number, entered, refused)}
                    </div>
                </fieldset>
            };
            // Two are compared most; further ones are at hand.
            if number == 1 {
                return variant;
            }
            let open = is_used(entered, refused, fields.into_iter());
            view! {
                <details class="more" open=open>
                    <summary>{words::further(letter)}</summary>
                    {variant}
                </details>
            }
        })
        .collect_view();
    let sizes = std::iter::once((String::new(), words::NO_SAMPLE.to_owned()))
        .chain(SAMPLES.map(|percent| (percent.to_string(), words::sample_option(percent))))
        .map(|(value, name)| option(entered.get("sample"), value, name))
        .collect_view();
    let measures = Measure::VARIANTS
        .iter()
        .copied()
        .map(|measure| option(entered.get("measure"), measure.into_str().to_owned(), words::measure(measure).to_owned()))
        .collect_view();
    view! {
        <details class="more" open=open>
            <summary>{words::VARIANTS}</summary>
            <div class="form">
                <p class="field-hint">{words::VARIANTS_HINT}</p>
                {weight(0, entered, refused)}
                {variants}
                <div class="form-row">
                    {choice(("sample", "sample-error"), words::SAMPLE, sizes.into_any(), None, refused)}
                    <Field
                        id="hours"
                        name="hours"
                        label=words::HOURS
                        kind="number"
                        value=entered.get("hours")
                        autocomplete="off"
                        hint=words::HOURS_HINT
                        error=field_error(refused, "hours")
                    />
                    {choice(("measure", "measure-error"), words::MEASURE, measures.into_any(), None, refused)}
                </div>
            </div>
        </details>
    }
}
