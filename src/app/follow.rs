//! Keeps the viewer's own name, colour and organisation as they are, while the page is open.

use leptos::prelude::{Update as _, *};

use plenum_core::{look, people::Shell};
use plenum_directory::live::OrganisationEvent;
use plenum_people::api;
use plenum_ui::{
    browser, effect, memo,
    page::{Follower, Logged, context::Context},
    redirect::sign_in_path,
};

pub(super) fn follow_viewer(context: Context) {
    let shell = context.shell;
    let organisation = memo(move || shell.with(|shell| shell.viewer.as_ref().map(|viewer| viewer.organisation)));
    // The server has written the first colours into the document.
    effect(move |before: Option<Option<u16>>| {
        let hue = shell.with(|shell| shell.look.hue);
        if before.is_some_and(|before| before != hue) {
            browser::set_root_attribute("style", hue.map(look::style).as_deref());
        }
        hue
    });
    // The page itself was made without a cursor: it follows from where it connects.
    let follower = Follower::new(Vec::new());
    follower.fetch_with(api::shell, move |fresh| show(shell, fresh, follower.is_stale()));
    follower.follow::<OrganisationEvent>(organisation, Logged::All, move |events| {
        if events.iter().any(|event| shell.with_untracked(|shell| concerns(shell, event))) {
            shell.update(|shell| {
                for event in &events {
                    apply(shell, event);
                }
            });
        }
    });
}

/// Shows the shell's new data. After a gap, a person who is signed out by now is led to the sign-in page; while there is no connection the
/// page stays, with what is half written.
fn show(shell: RwSignal<Shell>, fresh: Shell, gap: bool) {
    if fresh.viewer.is_none() {
        if gap {
            browser::load(&sign_in_path(&browser::path()));
        }
        return;
    }
    shell.maybe_update(|shell| {
        let fresh = Shell { now: shell.now, ..fresh };
        let changed = *shell != fresh;
        *shell = fresh;
        changed
    });
}

fn concerns(shell: &Shell, event: &OrganisationEvent) -> bool {
    let mut changed = shell.clone();
    apply(&mut changed, event);
    changed != *shell
}

fn apply(shell: &mut Shell, event: &OrganisationEvent) {
    match event {
        OrganisationEvent::PersonChanged(card) => {
            if let Some(viewer) = &mut shell.viewer
                && viewer.card.id == card.id
            {
                viewer.card.clone_from(card);
            }
        }
        OrganisationEvent::OrganisationRenamed(change) => {
            shell.organisation_name.clone_from(&change.name);
            if let Some(viewer) = &mut shell.viewer {
                viewer.organisation_name.clone_from(&change.name);
            }
        }
        OrganisationEvent::LookChanged(look) => shell.look = *look,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plenum_core::{
        ids::{OrganisationId, PersonId, SignInId},
        look::Look,
        people::{PersonCard, Privacy, Role, Viewer},
        time::Zone,
    };
    use plenum_directory::live::OrganisationChanged;

    fn shell() -> Shell {
        let card = PersonCard { id: PersonId(1), name: "Ines".into(), hue: 0 };
        let viewer = Viewer {
            card,
            email: "ines@plenum.example".into(),
            organisation: OrganisationId(1),
            organisation_name: "Northfield".into(),
            roles: vec![Role::Member],
            privacy: Privacy::default(),
            zone: Zone::default(),
            sign_in: SignInId(1),
            operator: false,
        };
        Shell {
            viewer: Some(viewer),
            organisation_name: "Northfield".into(),
            look: Look::default(),
            open_registration: false,
            demo_people: vec![],
            now: 0,
        }
    }

    #[test]
    fn only_ones_own_changes_concern_the_page() {
        let other = OrganisationEvent::PersonChanged(PersonCard { id: PersonId(2), name: "Omar".into(), hue: 3 });
        assert!(!concerns(&shell(), &other));
        let own = PersonCard { id: PersonId(1), name: "Ines Moreau".into(), hue: 7 };
        let mut changed = shell();
        apply(&mut changed, &OrganisationEvent::PersonChanged(own.clone()));
        assert_eq!(changed.viewer.map(|viewer| viewer.card), Some(own));
    }

    #[test]
    fn the_organisations_name_is_shown_in_both_places() {
        let mut changed = shell();
        apply(&mut changed, &OrganisationEvent::OrganisationRenamed(OrganisationChanged { name: "Southfield".into() }));
        assert_eq!(changed.organisation_name, "Southfield");
        assert_eq!(changed.viewer.map(|viewer| viewer.organisation_name).as_deref(), Some("Southfield"));
    }
}
