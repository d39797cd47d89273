//! What the shelf knows of an order: units held, let go, sold, taken back.

use chrono::{DateTime, Utc};
use kernel::OrderId;
use platform::story::{Moment, Mood, Part};
use sqlx::PgConnection;

use crate::store::stock::{self, Held, HoldState, Moved};

/// What happened to an order's stock.
pub async fn story(db: &mut PgConnection, order: OrderId) -> sqlx::Result<Vec<Moment>> {
    let held = stock::held(db, order).await?;
    let moved = stock::moved(db, order).await?;
    Ok(holds(&held).into_iter().chain(moves(&moved)).collect())
}

fn told(at: DateTime<Utc>, what: String, detail: String) -> Moment {
    Moment { at, part: Part::Stock, mood: Mood::Done, what, detail }
}

/// An order's lines are held in one transaction, and let go in one.
fn holds(held: &[Held]) -> Vec<Moment> {
    let list = |lines: &[&Held]| lines.iter().map(|line| format!("{} ×{}", line.sku, line.quantity)).collect::<Vec<_>>().join(", ");
    let count = |lines: &[&Held]| units(lines.iter().map(|line| line.quantity).sum());
    let all: Vec<&Held> = held.iter().collect();
    let released: Vec<&Held> = held.iter().filter(|line| line.state == HoldState::Released).collect();
    let hold = all.first().map(|first| {
        let until = first.expires_at.format("%H:%M:%S UTC");
        told(first.created_at, format!("{} held", count(&all)), format!("{}, until {until}", list(&all)))
    });
    let release = released
        .first()
        .and_then(|first| first.settled_at)
        .map(|at| told(at, format!("{} on sale again", count(&released)), format!("hold released: {}", list(&released))));
    hold.into_iter().chain(release).collect()
}

fn moves(moved: &[Moved]) -> Vec<Moment> {
    let at_once = moved.chunk_by(|a, b| a.created_at == b.created_at && (a.delta < 0) == (b.delta < 0));
    at_once
        .filter_map(|moves| {
            let total: i32 = moves.iter().map(|line| line.delta).sum();
            let what = if total < 0 { format!("{} sold", units(-total)) } else { format!("{} back on the shelf", units(total)) };
            let list: Vec<String> = moves.iter().map(|line| format!("{} {}", line.sku, signed(line.delta))).collect();
            Some(told(moves.first()?.created_at, what, format!("stock_moves: {}", list.join(", "))))
        })
        .collect()
}

fn units(count: i32) -> String {
    if count == 1 { "1 unit".to_owned() } else { format!("{count} units") }
}

/// With a real minus sign.
fn signed(delta: i32) -> String {
    if delta < 0 { format!("−{}", delta.unsigned_abs()) } else { format!("+{delta}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn held(sku: &str, quantity: i32, state: HoldState) -> Held {
        let settled_at = (state != HoldState::Held).then(|| at(60));
        Held { sku: sku.to_owned(), quantity, state, created_at: at(0), expires_at: at(900), settled_at }
    }

    #[test]
    fn a_hold_is_one_moment_and_its_release_another() {
        let told = holds(&[held("CUP", 1, HoldState::Released), held("MUG", 2, HoldState::Released)]);
        let told: Vec<(i64, &str, &str)> = told.iter().map(|m| (m.at.timestamp(), m.what.as_str(), m.detail.as_str())).collect();
        let expected =
            [(0, "3 units held", "CUP ×1, MUG ×2, until 00:15:00 UTC"), (60, "3 units on sale again", "hold released: CUP ×1, MUG ×2")];
        assert_eq!(told, expected);
        assert_eq!(holds(&[held("CUP", 1, HoldState::Sold)]).len(), 1);
        assert!(holds(&[]).is_empty());
    }

    #[test]
    fn what_left_the_shelf_and_what_came_back_are_told_apart() {
        let moved = |sku: &str, delta, seconds| Moved { sku: sku.to_owned(), delta, created_at: at(seconds) };
        let told = moves(&[moved("CUP", -1, 5), moved("MUG", -2, 5), moved("MUG", 2, 9)]);
        let told: Vec<(&str, &str)> = told.iter().map(|m| (m.what.as_str(), m.detail.as_str())).collect();
        assert_eq!(told, [("3 units sold", "stock_moves: CUP −1, MUG −2"), ("2 units back on the shelf", "stock_moves: MUG +2")]);
    }
}
