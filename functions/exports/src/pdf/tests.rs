use super::*;
use crate::transcript::Message;
use domain::{
    AnimalId, MessageId, SessionId, Timestamp, TurnId, UserId, message::Sender, session::Counts, turn::FinishReason,
};
use std::path::Path;

fn faces() -> Faces {
    Faces::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts")).unwrap()
}

/// A conversation of these messages, questions and answers in turn, one a minute.
fn transcript(texts: &[&str]) -> Transcript {
    let start: Timestamp = "2026-11-21T23:40:07.089Z".parse().unwrap();
    let id = "0190f3a1-7b2c-7def-8123-456789abcdef";
    let message = |(index, text): (usize, &&str)| Message {
        message_id: MessageId::parse(id).unwrap(),
        turn_id: TurnId::parse(id).unwrap(),
        timestamp: start.plus_seconds(u32::try_from(index).unwrap() * 60),
        sender: if index % 2 == 0 { Sender::User } else { Sender::Assistant },
        content: (*text).to_owned(),
        tokens_used: None,
        latency_ms: None,
        finish_reason: Some(if index % 7 == 5 { FinishReason::Interrupted } else { FinishReason::Stop }),
    };
    let messages: Vec<_> = texts.iter().enumerate().map(message).collect();
    let count = u64::try_from(texts.len()).unwrap();
    Transcript {
        session_id: SessionId::parse(id).unwrap(),
        user_id: UserId::parse("u").unwrap(),
        display_name: "Sam Rivera".to_owned(),
        animal_id: AnimalId::parse("lion_001").unwrap(),
        animal_name: "Leo the Lion".to_owned(),
        avatar: Some("/animals/lion_001.svg".to_owned()),
        start_time: start,
        end_time: messages.last().map_or(start, |message| message.timestamp),
        exported_at: start.plus_days(2),
        messages,
        counts: Counts {
            user_messages: count.div_ceil(2),
            assistant_messages: count / 2,
            total_tokens: 45 * count,
            response_millis: 900 * count,
        },
    }
}

fn pages(transcript: &Transcript) -> Vec<String> {
    let document = lopdf::Document::load_mem(&render(transcript, &faces()).unwrap()).unwrap();
    let numbers: Vec<u32> = document.get_pages().keys().copied().collect();
    numbers.into_iter().map(|number| document.extract_text(&[number]).unwrap()).collect()
}

fn set(text: &str, width: f32) -> Vec<lines::Line> {
    let faces = faces();
    let data = ShapingData::new(&faces);
    lines::lay_out(&mut Shaping::new(&faces, &data), &lines::Paragraph::plain(text, Face::Text), 10.0, width)
}

#[test]
fn three_hundred_messages_are_whole_in_order_and_every_page_is_numbered() {
    let long = "The savanna is wide, and I have walked all of it. ".repeat(60);
    let texts: Vec<String> = (0..300).map(|number| format!("Message {number}! {}", &long[..number * 10])).collect();
    let pages = pages(&transcript(&texts.iter().map(String::as_str).collect::<Vec<_>>()));
    assert!(pages.len() > 40, "{} pages", pages.len());
    for (index, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("{} / {}", index + 1, pages.len())), "page {} has no number", index + 1);
    }
    let (all, mut behind) = (pages.concat(), 0);
    for number in 0..300 {
        let begin = format!("Message {number}!");
        behind += all[behind..].find(&begin).unwrap_or_else(|| panic!("no {begin} in its place"));
    }
    let words = all.matches("savanna").count();
    assert_eq!(words, texts.iter().map(|text| text.matches("savanna").count()).sum::<usize>());
}

#[test]
fn the_same_conversation_gives_the_same_bytes() {
    let (faces, transcript) = (faces(), transcript(&["Hello", "**你好** 🦁"]));
    assert!(render(&transcript, &faces).unwrap() == render(&transcript, &faces).unwrap());
}

#[test]
fn no_line_is_wider_than_its_width_and_no_character_is_lost() {
    let word = "Donaudampfschifffahrtsgesellschaftskapitän".repeat(9);
    let (chinese, emoji) = ("狮子吃肉,也喝水。".repeat(30), "👨‍👩‍👧‍👦🦁".repeat(40));
    let between = format!("x {word} y");
    let texts = ["", " ", "a b", &word, &between, &chinese, &emoji, "שלום abc עולם 12 ", "e\u{301}\u{10ffff}"];
    for text in texts {
        let lines = set(text, 150.0);
        assert!(lines.iter().all(|line| line.width <= 150.01), "{text}");
        let mut parts: Vec<_> = lines.iter().flat_map(|line| &line.runs).map(|run| run.text.clone()).collect();
        parts.sort_by_key(|range| range.start);
        assert_eq!(parts.into_iter().map(|range| &text[range]).collect::<String>(), text);
    }
    assert!(set(&word, 150.0).len() > 5 && set(&chinese, 150.0).len() > 5 && set(&emoji, 150.0).len() > 3);
}

#[test]
fn every_language_of_the_app_has_its_letters_and_what_has_none_is_a_box() {
    for text in ["Hello “Leo” – ok…", "¿Qué comes, señor ñandú?", "你好,狮子雷欧!", "ライオン", "사자", "→ ✓ ★", "🦁👍🏽"]
    {
        let glyphs = set(text, f32::MAX).into_iter().flat_map(|line| line.runs).flat_map(|run| run.glyphs);
        assert!(glyphs.into_iter().all(|glyph| glyph.glyph_id.to_u32() != 0), "{text}");
    }
    let unknown = pages(&transcript(&["[ᚠ]"])).concat();
    assert!(unknown.contains('ᚠ'), "the box keeps its character: {unknown}");
}

#[test]
fn what_runs_from_right_to_left_is_set_so() {
    let line = set("abc שלום", f32::MAX).remove(0);
    assert!(!line.is_backwards);
    let hebrew = line.runs.last().unwrap();
    let first = hebrew.glyphs.first().unwrap().text_range.start;
    assert!(hebrew.level % 2 == 1 && first > hebrew.glyphs.last().unwrap().text_range.start);
    assert!(set("שלום abc", f32::MAX)[0].is_backwards);
    let starts = |text: &str| set(text, f32::MAX).remove(0).runs.iter().map(|run| run.text.start).collect::<Vec<_>>();
    let [a, first, second, b] = ["ab ", "שלום", "עולם", " cd"];
    let words = starts(&format!("{a}{first} {second}{b}"));
    let at = |start: usize| words.iter().position(|found| *found == start).unwrap();
    assert!(at(0) < at(3 + first.len() + 1) && at(3 + first.len() + 1) < at(3), "{words:?}");
}

#[test]
fn a_document_says_nothing_of_the_person_in_its_properties() {
    let bytes = render(&transcript(&["Hello"]), &faces()).unwrap();
    let document = lopdf::Document::load_mem(&bytes).unwrap();
    let about = document.get_dictionary(document.trailer.get(b"Info").unwrap().as_reference().unwrap()).unwrap();
    assert_eq!(lopdf::decode_text_string(about.get(b"Title").unwrap()).unwrap(), "A conversation of 2026-11-21");
    assert!(!format!("{about:?}").contains("Rivera"));
    assert!(!bytes.windows(6).any(|window| window == b"Rivera"), "names stand in compressed pages only");
}
