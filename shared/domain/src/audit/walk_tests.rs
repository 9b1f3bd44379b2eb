//! What may be done to a trail behind a checkpoint, at random: each is found.

use super::*;
use crate::audit::chain::{Link, Value};
use proptest::prelude::*;

type Item = BTreeMap<String, Value>;

/// The table as it lies there: entries by id, blocks, and the last checkpoint. Signatures are the
/// vault's; here a checkpoint is good unless a test says that it is not.
#[derive(Clone)]
struct Trail {
    entries: BTreeMap<LogId, Item>,
    blocks: Vec<Block>,
    checkpoint: Checkpoint,
}

fn now() -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000)
}

fn item(id: &LogId, salt: u64) -> Item {
    let text = |text: &str| Value::Text(text.to_owned());
    [
        ("logId", text(id.as_str())),
        ("userId", text(&format!("keeper{}", salt % 3))),
        ("ipAddress", Value::Bytes(salt.to_be_bytes().to_vec())),
        ("ttl", Value::Number(salt.to_string())),
        ("metadata", Value::Map([("messages".to_owned(), Value::Number((salt % 7).to_string()))].into())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// A trail of blocks with so many entries each.
fn trail(sizes: &[usize]) -> Trail {
    let (mut entries, mut blocks) = (BTreeMap::new(), Vec::<Block>::new());
    for (number, size) in sizes.iter().enumerate() {
        let at = now().plus_seconds(u32::try_from(number).unwrap());
        let links = (0..*size).map(|place| {
            let salt = (number * 100 + place) as u64;
            let id = LogId::of_event(at, Digest::of_text(&salt.to_string()).half());
            let entry = item(&id, salt);
            let link = Link { subject: "user#sam".to_owned(), log_id: id.clone(), digest: Digest::of_item(&entry) };
            entries.insert(id, entry);
            link
        });
        let links = links.collect();
        blocks.push(Block::after(blocks.last(), links, at));
    }
    let last = blocks.last().unwrap();
    let checkpoint = Checkpoint {
        number: last.number,
        hash: last.hash,
        entries: last.entries(),
        linked_at: last.linked_at,
        signed_at: now(),
        kid: "kid".to_owned(),
        signature: "signature".to_owned(),
    };
    Trail { entries, blocks, checkpoint }
}

fn walk(trail: &Trail) -> Report {
    let found: BTreeMap<_, _> = trail.entries.iter().map(|(id, item)| (id.clone(), Digest::of_item(item))).collect();
    let mut walk = Walk::behind(None, now());
    trail.blocks.iter().for_each(|block| walk.block(block, &found));
    walk.checkpoint(&trail.checkpoint, true);
    if trail.blocks.last().is_none_or(|last| last.number < trail.checkpoint.number) {
        walk.cut_off_before(trail.checkpoint.number);
    }
    walk.end()
}

/// Hashes a chain anew, as somebody would who covers up what they changed.
fn rehash(blocks: &mut [Block]) {
    let mut before: Option<Block> = None;
    for block in blocks {
        *block = Block { previous: before.as_ref().map_or(Digest::NONE, |b| b.hash), ..block.clone() };
        block.hash = block.computed();
        before = Some(block.clone());
    }
}

fn flip(value: &mut Value) {
    match value {
        Value::Text(text) => text.push('x'),
        Value::Number(digits) => digits.push('0'),
        Value::Bytes(bytes) => bytes[0] ^= 1,
        Value::Map(values) => values.values_mut().for_each(flip),
        _ => unreachable!(),
    }
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1_usize..6, 2..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn an_untouched_trail_is_verified_to_its_checkpoint(sizes in sizes()) {
        let trail = trail(&sizes);
        let total = sizes.iter().sum::<usize>() as u64;
        let until = Some(trail.checkpoint.linked_at);
        prop_assert_eq!(walk(&trail), Report { verified: true, entries: total, until, first_broken: None, next_after_block: None });
    }

    #[test]
    fn any_edit_of_an_entry_is_found_at_its_place(sizes in sizes(), entry: prop::sample::Index, part: prop::sample::Index) {
        let mut trail = trail(&sizes);
        let id = entry.get(&trail.entries.keys().cloned().collect::<Vec<_>>()).clone();
        let item = trail.entries.get_mut(&id).unwrap();
        let name = part.get(&item.keys().cloned().collect::<Vec<_>>()).clone();
        flip(item.get_mut(&name).unwrap());
        let broken = walk(&trail).first_broken.unwrap();
        prop_assert_eq!((broken.flaw, broken.log_id), (Flaw::EntryChanged, Some(id)));
    }

    #[test]
    fn any_dropped_entry_is_found(sizes in sizes(), entry: prop::sample::Index, covered: bool) {
        let mut trail = trail(&sizes);
        let id = entry.get(&trail.entries.keys().cloned().collect::<Vec<_>>()).clone();
        trail.entries.remove(&id);
        if covered {
            trail.blocks.iter_mut().for_each(|block| block.links.retain(|link| link.log_id != id));
            rehash(&mut trail.blocks);
        }
        prop_assert!(!walk(&trail).verified);
    }

    #[test]
    fn any_dropped_block_is_found(sizes in sizes(), at: prop::sample::Index, covered: bool) {
        let mut trail = trail(&sizes);
        let at = at.index(trail.blocks.len());
        for link in trail.blocks.remove(at).links {
            trail.entries.remove(&link.log_id);
        }
        if covered {
            for (number, block) in (1..).zip(&mut trail.blocks) {
                block.number = number;
            }
            rehash(&mut trail.blocks);
        }
        prop_assert!(!walk(&trail).verified);
    }

    #[test]
    fn any_reordering_is_found(sizes in sizes(), a: prop::sample::Index, b: prop::sample::Index, covered: bool) {
        let mut trail = trail(&sizes);
        let places: Vec<_> = trail.blocks.iter().enumerate().flat_map(|(at, block)| (0..block.links.len()).map(move |link| (at, link))).collect();
        let (a, b) = (*a.get(&places), *b.get(&places));
        prop_assume!(a != b);
        let (first, second) = (trail.blocks[a.0].links[a.1].clone(), trail.blocks[b.0].links[b.1].clone());
        trail.blocks[a.0].links[a.1] = second;
        trail.blocks[b.0].links[b.1] = first;
        if covered {
            rehash(&mut trail.blocks);
        }
        prop_assert!(!walk(&trail).verified);
    }

    #[test]
    fn swapped_blocks_are_found(sizes in sizes(), a: prop::sample::Index, b: prop::sample::Index, covered: bool) {
        let mut trail = trail(&sizes);
        let (a, b) = (a.index(sizes.len()), b.index(sizes.len()));
        prop_assume!(a != b);
        trail.blocks.swap(a, b);
        if covered {
            for (number, block) in (1..).zip(&mut trail.blocks) {
                block.number = number;
            }
            rehash(&mut trail.blocks);
        }
        prop_assert!(!walk(&trail).verified);
    }

    #[test]
    fn any_truncation_behind_the_checkpoint_is_found(sizes in sizes(), left: prop::sample::Index, at_end: bool) {
        let mut trail = trail(&sizes);
        let left = left.index(trail.blocks.len());
        if at_end {
            trail.blocks.truncate(left);
        } else {
            trail.blocks.drain(..=left);
        }
        prop_assert!(!walk(&trail).verified);
    }
}

#[test]
fn a_forged_checkpoint_and_an_entry_put_in_later_are_found() {
    let trail = trail(&[1, 1]);
    let mut walk = Walk::behind(trail.blocks.first(), now());
    walk.checkpoint(&trail.checkpoint, false);
    assert_eq!(walk.end().first_broken.unwrap().flaw, Flaw::CheckpointForged);
    let id = LogId::of_event(now().minus_days(9), [3; 16]);
    let entry = item(&id, 3);
    let link = Link { subject: "user#sam".to_owned(), log_id: id.clone(), digest: Digest::of_item(&entry) };
    let late = Block::after(trail.blocks.last(), vec![link], now());
    let mut walk = Walk::behind(trail.blocks.last(), now());
    walk.block(&late, &[(id, Digest::of_item(&entry))].into());
    assert_eq!(walk.end().first_broken.unwrap().flaw, Flaw::EntryLate);
}

#[test]
fn what_is_over_may_be_gone() {
    let trail = trail(&[2, 2]);
    let later = now().plus_days(RETENTION_DAYS + 1);
    let mut walk = Walk::behind(None, later);
    trail.blocks.iter().for_each(|block| walk.block(block, &BTreeMap::new()));
    walk.checkpoint(&trail.checkpoint, true);
    assert!(walk.end().verified, "entries are over");
    let mut walk = Walk::behind(None, later);
    walk.block(&trail.blocks[1], &BTreeMap::new());
    assert_eq!(walk.end().first_broken.unwrap().flaw, Flaw::BlockMissing, "blocks are kept longer");
    let mut walk = Walk::behind(None, now().plus_days(CHAIN_DAYS + 1));
    walk.block(&trail.blocks[1], &BTreeMap::new());
    walk.checkpoint(&trail.checkpoint, true);
    assert!(walk.end().verified);
}

#[test]
fn what_no_checkpoint_covers_is_not_verified_and_the_boundary_is_the_blocks_own_time() {
    let mut trail = trail(&[1, 1]);
    let linked_at = trail.checkpoint.linked_at;
    trail.checkpoint.linked_at = linked_at.plus_days(300);
    let report = walk(&trail);
    assert_eq!((report.verified, report.until), (true, Some(linked_at)));
    let found: BTreeMap<_, _> = trail.entries.iter().map(|(id, item)| (id.clone(), Digest::of_item(item))).collect();
    let mut walk = Walk::behind(None, now());
    trail.blocks.iter().for_each(|block| walk.block(block, &found));
    let report = walk.end();
    assert_eq!((report.verified, report.first_broken.unwrap().flaw), (false, Flaw::CheckpointMissing));
}

#[test]
fn a_changed_span_is_found_by_the_first_checkpoint_behind_it() {
    let mut trail = trail(&[1, 1, 1]);
    let changed = &mut trail.blocks[0];
    changed.links[0].digest = Digest::of_text("another");
    let found = [(changed.links[0].log_id.clone(), changed.links[0].digest)].into();
    rehash(&mut trail.blocks);
    let mut walk = Walk::behind(None, now());
    walk.block(&trail.blocks[0], &found);
    trail.blocks[1..].iter().for_each(|block| walk.block_alone(block));
    walk.checkpoint(&trail.checkpoint, true);
    assert_eq!(walk.end().first_broken.unwrap().flaw, Flaw::CheckpointForged);
}

#[test]
fn what_waited_through_a_pause_is_not_late() {
    let trail = trail(&[1]);
    let told = |days: u32, salt: u8| {
        let id = LogId::of_event(now().plus_seconds(30).plus_days(days), [salt; 16]);
        let entry = item(&id, u64::from(salt));
        (Link { subject: "user#sam".to_owned(), log_id: id.clone(), digest: Digest::of_item(&entry) }, id, entry)
    };
    let walk = |blocks: &[Block], entries: &[(LogId, Item)]| {
        let found = entries.iter().map(|(id, item)| (id.clone(), Digest::of_item(item))).collect();
        let mut walk = Walk::behind(trail.blocks.last(), now().plus_days(60));
        for block in blocks {
            walk.block(block, &found);
        }
        walk.end().first_broken.map(|broken| broken.flaw)
    };
    // Two blocks right after a pause of nine days link what was put before it.
    let (first, second) = (told(0, 1), told(0, 2));
    let entries = [(first.1, first.2), (second.1, second.2)];
    let back = now().plus_days(9);
    let one = Block::after(trail.blocks.last(), vec![first.0], back);
    let two = Block::after(Some(&one), vec![second.0.clone()], back.plus_seconds(60));
    assert_eq!(
        walk(&[one.clone(), two], &entries),
        Some(Flaw::CheckpointMissing),
        "nothing but the signature is wanting"
    );
    // A day later nothing is left to wait.
    let two = Block::after(Some(&one), vec![second.0], back.plus_seconds(23 * 3_600));
    assert_eq!(walk(&[one, two], &entries), Some(Flaw::EntryLate));
}
