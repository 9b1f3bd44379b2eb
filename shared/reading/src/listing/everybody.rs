//! Everybody's sessions for staff, month by month, without a word.

use super::{LOOKED_AT, Listed, Order, Part, Wanted};
use crate::{ReadError, Reading, cursor::Cursor};
use store::sessions::{Position, Span};

/// Months that one page may look into.
const MOST_MONTHS: usize = 4;

impl Reading {
    pub(super) async fn everybodys(
        &self,
        wanted: &Wanted,
        limit: usize,
        cursor: Option<Cursor>,
    ) -> Result<Part, ReadError> {
        if wanted.order != Order::Latest {
            return Err(ReadError::NobodyNamed);
        }
        let Span { from, to, .. } = self.span(wanted, None, LOOKED_AT);
        let (mut month, mut after) = match cursor {
            Some(Cursor::Month(month, after)) => (month, after),
            Some(_) => return Err(ReadError::ForeignCursor),
            None => (to.month(), None),
        };
        let (mut sessions, mut looked_into) = (Vec::new(), 0);
        while month >= from.month() {
            if sessions.len() == limit || looked_into == MOST_MONTHS {
                return Ok(Part { sessions, next: Some(Cursor::Month(month, after)), ..Part::default() });
            }
            looked_into += 1;
            let span = Span { from, to, after: after.take(), limit: LOOKED_AT };
            let found = self.store().sessions_in(&month, &span).await?;
            let is_full = i32::try_from(found.len()).unwrap_or(i32::MAX) == LOOKED_AT;
            for metadata in found {
                if sessions.len() == limit {
                    return Ok(Part { sessions, next: Some(Cursor::Month(month, after)), ..Part::default() });
                }
                let session_id = metadata.session_id.clone();
                after = Some(Position { last_activity: metadata.last_activity, session_id });
                if wanted.includes(&metadata) {
                    sessions.push(Listed { metadata, display_name: None, words: None, unread: None, found: None });
                }
            }
            if !is_full {
                (month, after) = (domain::time::month_before(&month), None);
            }
        }
        Ok(Part { sessions, ..Part::default() })
    }
}
