//! What the ten people of the demo have said, lately.

use crate::model::{Access, ConversationKind};

/// A conversation of the demo.
pub struct Talk {
    pub kind: ConversationKind,
    pub access: Access,
    pub general: bool,
    pub name: &'static str,
    pub topic: &'static str,
    /// The first owns it.
    pub members: &'static [&'static str],
    pub said: &'static [Said],
}

/// A message of the demo.
pub struct Said {
    pub who: &'static str,
    /// Minutes ago.
    pub ago: i64,
    pub text: &'static str,
    /// Index of the message that it answers.
    pub answers: Option<usize>,
    pub reactions: &'static [(&'static str, &'static [&'static str])],
}

const fn said(who: &'static str, ago: i64, text: &'static str) -> Said {
    Said { who, ago, text, answers: None, reactions: &[] }
}

impl Said {
    const fn to(self, answers: usize) -> Self {
        Self { answers: Some(answers), ..self }
    }

    const fn liked(self, reactions: &'static [(&'static str, &'static [&'static str])]) -> Self {
        Self { reactions, ..self }
    }
}

const fn room(name: &'static str, topic: &'static str, access: Access, members: &'static [&'static str], said: &'static [Said]) -> Talk {
    Talk { kind: ConversationKind::Room, access, general: false, name, topic, members, said }
}

const fn direct(members: &'static [&'static str], said: &'static [Said]) -> Talk {
    Talk { kind: ConversationKind::Direct, access: Access::Private, general: false, name: "", topic: "", members, said }
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const ALL: &[&str] = &["admin", "ines", "omar", "aiko", "otto", "mara", "sam", "lena", "noor", "tom"];

pub const CONVERSATIONS: &[Talk] = &[
    Talk {
        kind: ConversationKind::Room,
        access: Access::Open,
        general: true,
        name: "General",
        topic: "For everyone",
        members: ALL,
        said: GENERAL,
    },
    room(
        "Health week",
        "Screenings, talks and the open day",
        Access::Open,
        &["mara", "omar", "ines", "otto", "sam", "noor", "lena"],
        HEALTH_WEEK,
    ),
    room("Anatomy 101", "Questions between the classes", Access::Open, &["ines", "omar", "sam", "lena", "noor", "tom"], ANATOMY),
    room("Box office", "The spring concert and what comes after", Access::Open, &["otto", "aiko", "mara", "tom", "admin"], BOX_OFFICE),
    room("Staff room", "What stays among colleagues", Access::Private, &["admin", "ines", "omar", "aiko", "otto", "mara"], STAFF),
    Talk {
        kind: ConversationKind::Group,
        access: Access::Private,
        general: false,
        name: "",
        topic: "",
        members: &["sam", "lena", "tom"],
        said: STUDY_GROUP,
    },
    direct(&["sam", "ines"], SAM_INES),
    direct(&["sam", "lena"], SAM_LENA),
    direct(&["noor", "omar"], NOOR_OMAR),
    direct(&["otto", "mara"], OTTO_MARA),
    direct(&["aiko", "tom"], AIKO_TOM),
    direct(&["admin", "ines"], VERA_INES),
];

const GENERAL: &[Said] = &[
    said(
        "admin",
        6 * DAY,
        "Welcome to Plenum, everyone. This room is for all of us; for everything else there are rooms of their own, and you can make one.",
    )
    .liked(&[("🎉", &["ines", "sam", "otto", "lena"]), ("👍", &["omar", "aiko"])]),
    said("otto", 6 * DAY - 40, "Happy to be here. Is there a way to see who is around?"),
    said("admin", 6 * DAY - 42, "The dot beside a name. Whoever prefers not to be seen can switch it off in the settings.")
        .to(1)
        .liked(&[("🙏", &["noor"])]),
    said(
        "mara",
        5 * DAY + 3 * HOUR,
        "**Health week** starts on Monday. The programme is on the board in the hall, and there is a room for it: join *Health week* if you can help.",
    ),
    said("noor", 5 * DAY + 2 * HOUR, "I can do the registration desk in the mornings.").to(3).liked(&[("❤️", &["mara"])]),
    said("tom", 4 * DAY, "Somebody left a bicycle light in room 12. Blue, still blinking."),
    said("lena", 4 * DAY - 15, "Mine, thank you! I will come by at four.").to(5).liked(&[("😄", &["tom", "sam"])]),
    said(
        "aiko",
        2 * DAY + 5 * HOUR,
        "The help desk is open until six this week. The form for a new badge:\n1. your name as it should read\n2. a photo that you like\n3. where to send it",
    ),
    said("omar", DAY + 4 * HOUR, "Flu vaccinations on Thursday from 9 to 12, ground floor. No appointment needed.")
        .liked(&[("👍", &["ines", "mara", "noor", "sam", "tom"])]),
    said(
        "ines",
        DAY + 2 * HOUR,
        "The lecture hall is being painted, so tomorrow's classes are in room 7. @Lena Kovač could you tell the second years?",
    ),
    said("lena", DAY + HOUR, "Done, they know.").to(9).liked(&[("🙏", &["ines"])]),
    said("otto", 5 * HOUR, "Tickets for the spring concert go on sale at noon on Friday. Members first, as always."),
    said("sam", 4 * HOUR, "Is there a choir rehearsal tonight, or is the hall taken?"),
    said("otto", 3 * HOUR + 50, "Rehearsal at seven, in the small hall. The large one has the piano tuner.")
        .to(12)
        .liked(&[("👍", &["sam"])]),
    said("mara", 2 * HOUR, "We still look for two people who carry chairs tomorrow at eight. There is breakfast for it."),
    said("tom", HOUR + 40, "Count me in for chairs. And for breakfast.")
        .to(14)
        .liked(&[("😄", &["mara", "otto", "aiko"]), ("🎉", &["admin"])]),
    said("admin", 35, "Reminder: the fire drill is **tomorrow at 10:30**. Please leave by the nearest stairs, not by the lift."),
];

const HEALTH_WEEK: &[Said] = &[
    said("mara", 5 * DAY, "Here we plan. Open points:\n- the desk at the entrance\n- the talk on Tuesday\n- posters in two languages"),
    said("omar", 5 * DAY - 30, "I take the talk. Working title: *Sleep, and how not to lose it*.")
        .to(0)
        .liked(&[("👍", &["mara", "ines"]), ("😄", &["sam"])]),
    said("noor", 4 * DAY + 6 * HOUR, "I have translated the poster into Arabic, someone should read it once more."),
    said("omar", 4 * DAY + 5 * HOUR, "Read it. One letter in the third line, the rest is fine.").to(2).liked(&[("🙏", &["noor"])]),
    said("otto", 3 * DAY, "The hall has 120 chairs. If more than that register, we stream it to room 7."),
    said(
        "ines",
        2 * DAY + 2 * HOUR,
        "My students would like to measure blood pressure under supervision. @Omar Bakr would you be there for that?",
    ),
    said("omar", 2 * DAY + HOUR, "Gladly. Wednesday from two to four.").to(5).liked(&[("❤️", &["ines", "lena"])]),
    said("lena", DAY + 3 * HOUR, "Six of us will come. Should we bring our own cuffs?"),
    said("omar", DAY + 2 * HOUR, "No, we have ten. Bring a watch with a second hand.").to(7),
    said("sam", 6 * HOUR, "The sign at the tram stop still shows last year's date."),
    said("mara", 5 * HOUR, "Thank you, I have called them.").to(9),
    said("noor", 50, "Already 94 registrations for Tuesday.").liked(&[("🎉", &["mara", "omar"])]),
];

const ANATOMY: &[Said] = &[
    said("ines", 6 * DAY, "Slides of today are in the library folder. Questions here, please, so that all read the answers."),
    said("tom", 5 * DAY + 8 * HOUR, "What is the difference between the `radius` and the `ulna` in one sentence?"),
    said("ines", 5 * DAY + 7 * HOUR, "The radius is on the thumb's side and turns around the ulna when you turn your hand. Try it with a pencil.").to(1).liked(&[("👀", &["tom"]), ("👍", &["lena", "noor"])]),
    said("lena", 4 * DAY + 2 * HOUR, "A way to remember the carpal bones:\n> So Long To Pinky, Here Comes The Thumb\n\nScaphoid, lunate, triquetrum, pisiform, hamate, capitate, trapezoid, trapezium.").liked(&[("😄", &["sam", "tom", "noor"])]),
    said("omar", 4 * DAY, "In the emergency room the first one of them is the one that you must not miss. Pain in the snuffbox: X-ray, and again after ten days.").to(3).liked(&[("🙏", &["lena", "ines"])]),
    said("noor", 2 * DAY + 6 * HOUR, "Will the quiz cover the shoulder?"),
    said("ines", 2 * DAY + 5 * HOUR, "Yes, chapters 3 to 5. The shoulder is 4.").to(5),
    said("sam", DAY + 5 * HOUR, "I found a good drawing of the rotator cuff: https://en.wikipedia.org/wiki/Rotator_cuff"),
    said("ines", DAY + 4 * HOUR, "Good find. Mind that it shows the right shoulder from behind.").to(7).liked(&[("✅", &["sam"])]),
    said("tom", 3 * HOUR, "Is attendance on Friday counted? I have a shift at the box office."),
    said("ines", 2 * HOUR + 30, "It is, but tell me before and it is excused.").to(9),
    said("lena", 70, "Study group at five in the library, all are welcome. @Tom Visser we start with the quiz of last year."),
];

const BOX_OFFICE: &[Said] = &[
    said("otto", 5 * DAY, "Spring concert: 240 seats, three blocks. Prices stay as they were."),
    said("aiko", 5 * DAY - 20, "People already ask for seats for wheelchairs. How many do we have?"),
    said("otto", 5 * DAY - 30, "Four in the first row, A1, A2, A13 and A14. Please do not give them away online before Friday.")
        .to(1)
        .liked(&[("✅", &["aiko", "tom"])]),
    said("mara", 3 * DAY + 4 * HOUR, "The newsletter goes out on Thursday at nine. Last corrections by Wednesday evening."),
    said("tom", 2 * DAY, "I can take the door on both evenings."),
    said("otto", 2 * DAY - 30, "Noted, thank you.").to(4).liked(&[("👍", &["tom"])]),
    said("admin", DAY + 6 * HOUR, "The card terminal has arrived, it is in my office."),
    said("aiko", 7 * HOUR, "Three people asked whether students pay less. They do, with the card shown at the door, right?"),
    said("mara", 6 * HOUR, "Right. It is in the newsletter too.").to(7),
    said("otto", 45, "Sound check on Friday at four. Whoever is free then, come and clap."),
];

const STAFF: &[Said] = &[
    said("admin", 5 * DAY, "Minutes of Monday: budget agreed, two positions open, next meeting in two weeks."),
    said("ines", 5 * DAY - 60, "I would like to speak about exam dates then.").to(0),
    said("omar", 3 * DAY, "The new examination couch is here. It does not fit through the door of room 3."),
    said("otto", 3 * DAY - 12, "Stage crew has a trolley and a plan. Tomorrow at eight?").to(2).liked(&[("😄", &["omar", "ines", "aiko"])]),
    said("omar", 3 * DAY - 14, "You have saved my week.").to(3).liked(&[("❤️", &["otto"])]),
    said("aiko", DAY + 8 * HOUR, "A question of form: who may see the list of participants of health week?"),
    said("admin", DAY + 7 * HOUR, "Mara and the desk, nobody else. It is deleted after four weeks.")
        .to(5)
        .liked(&[("👍", &["aiko", "omar", "mara"])]),
    said("mara", 4 * HOUR, "Press asks for a quote about health week by tonight. @Vera Nowak?"),
    said("admin", 3 * HOUR, "You get two sentences by five.").to(7).liked(&[("🙏", &["mara"])]),
];

const STUDY_GROUP: &[Said] = &[
    said("lena", 3 * DAY, "Library or canteen?"),
    said("tom", 3 * DAY - 5, "Canteen. One can eat there."),
    said("sam", 3 * DAY - 6, "Library. One can think there.").liked(&[("😄", &["lena", "tom"])]),
    said("lena", 3 * DAY - 8, "Library at five, canteen at seven.").liked(&[("✅", &["sam", "tom"])]),
    said("tom", 2 * HOUR, "I have the quiz of last year, twelve pages."),
    said("sam", HOUR + 30, "Bring it. And the pencil for the radius.").to(4),
    said("lena", 20, "On my way, I keep three places."),
];

const SAM_INES: &[Said] = &[
    said("sam", 2 * DAY, "Dear Ines, may I present on the shoulder instead of the hip?"),
    said("ines", 2 * DAY - 50, "You may, if Noor swaps with you. She has the shoulder now.").to(0),
    said("sam", 2 * DAY - 55, "She does, we spoke yesterday."),
    said("ines", DAY + 9 * HOUR, "Then it is settled. Ten minutes, at most five slides.").liked(&[("👍", &["sam"])]),
    said("ines", 55, "And send me the outline by tomorrow, please."),
];

const SAM_LENA: &[Said] = &[
    said("lena", DAY + 2 * HOUR, "Did you get the notes of Tuesday?"),
    said("sam", DAY + HOUR, "Half of them. My pen gave up."),
    said("lena", DAY + 50, "I will scan mine.").liked(&[("❤️", &["sam"])]),
    said("sam", 3 * HOUR, "You are the best. Coffee is on me."),
    said("lena", 2 * HOUR + 45, "With milk, and a bun."),
];

const NOOR_OMAR: &[Said] = &[
    said("noor", DAY + 6 * HOUR, "Do I need to bring the vaccination card on Thursday?"),
    said("omar", DAY + 5 * HOUR, "If you have it. Otherwise we write you a new one."),
    said("noor", DAY + 5 * HOUR - 5, "Good, thank you.").liked(&[("👍", &["omar"])]),
    said("omar", 90, "One more thing: please tell the desk to send people with a fever home, kindly."),
];

const OTTO_MARA: &[Said] = &[
    said("mara", 2 * DAY, "Can I have two lines on the concert for the newsletter?"),
    said("otto", 2 * DAY - 90, "*Four composers, one piano, and a choir that has practised.* Is that enough?"),
    said("mara", 2 * DAY - 95, "It is perfect.").to(1).liked(&[("😄", &["otto"])]),
    said("mara", 5 * HOUR, "How many complimentary tickets may I promise to the press?"),
    said("otto", 4 * HOUR + 30, "Six. Row F."),
    said("mara", 25, "They asked for eight. I said that I would ask."),
];

const AIKO_TOM: &[Said] = &[
    said("tom", DAY, "My badge does not open the side door any more."),
    said("aiko", DAY - 20, "It had expired. Try now.").to(0),
    said("tom", DAY - 28, "Works. That was quick.").liked(&[("🎉", &["aiko"])]),
    said("aiko", 3 * HOUR, "Could you look at the printer at the door before Friday? It prints tickets upside down."),
];

const VERA_INES: &[Said] = &[
    said("admin", 3 * DAY, "The exam dates: does the week of the 14th suit you?"),
    said("ines", 3 * DAY - 200, "The 15th and 16th, yes. Not the 14th, the hall is taken."),
    said("admin", 3 * DAY - 210, "Then I book the 15th and the 16th.").to(1).liked(&[("✅", &["ines"])]),
    said("ines", 4 * HOUR, "Vera, could the painters begin with the corridor? Rooms 5 to 8 have exams on Friday."),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The script is consistent: who speaks is there, what is answered was said, time goes forward.
    #[test]
    fn the_script_holds_together() {
        for talk in CONVERSATIONS {
            for (index, line) in talk.said.iter().enumerate() {
                assert!(talk.members.contains(&line.who), "{} in {:?}", line.who, talk.name);
                assert!(line.answers.is_none_or(|answered| answered < index), "{}", line.text);
                assert!(index == 0 || talk.said[index - 1].ago > line.ago, "{}", line.text);
                for (_, fans) in line.reactions {
                    assert!(fans.iter().all(|fan| talk.members.contains(fan)), "{}", line.text);
                }
            }
        }
    }
}
