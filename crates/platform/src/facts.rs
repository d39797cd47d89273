//! What a database says of itself: its version, its clock against ours, and the role that the shop works as.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{connect, machine::CLOCK_TOLERANCE, migrate::Schema};

/// How the application's role stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppRole {
    /// The login role can become it.
    Usable,
    /// It is not there: the shop works as its login role.
    Missing,
    /// It is there, and the login role is no member.
    Closed,
}

/// What a database says of itself.
#[derive(Debug, Clone)]
pub struct Facts {
    /// PostgreSQL's major version.
    pub major: u32,
    /// Its clock.
    pub now: DateTime<Utc>,
    /// When the shop's latest event happened, as the shop's clock of then said.
    pub newest_event: Option<DateTime<Utc>>,
    /// `quickshop_app`.
    pub role: AppRole,
}

impl Facts {
    /// Asks a database that holds `schema`; changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ask(db: &mut PgConnection, schema: &Schema) -> sqlx::Result<Self> {
        let major = connect::major(&mut *db).await?;
        let row = sqlx::query!(
            r#"select clock_timestamp() as "now!", to_regclass('events') is not null as "has_events!",
                      (select pg_has_role(oid, 'member') from pg_roles where rolname = 'quickshop_app') as member"#
        )
        .fetch_one(&mut *db)
        .await?;
        // Another program's `events` would be other ones.
        let ours = matches!(schema, Schema::Current | Schema::Behind(_));
        let newest_event = if ours && row.has_events {
            sqlx::query_scalar!("select max(created_at) from events").fetch_one(&mut *db).await?
        } else {
            None
        };
        let role = match row.member {
            Some(true) => AppRole::Usable,
            Some(false) => AppRole::Closed,
            None => AppRole::Missing,
        };
        Ok(Self { major, now: row.now, newest_event, role })
    }

    /// What makes one of two clocks doubtful: nobody here can know which one is right, so it is no reason to refuse a start.
    pub fn clock_doubt(&self, now: DateTime<Utc>) -> Option<String> {
        let apart = (self.now - now).abs();
        if apart > CLOCK_TOLERANCE {
            return Some(format!(
                "the clocks of this machine and of the database are {} s apart, from 300 s on payments are refused: set both by NTP",
                apart.num_seconds()
            ));
        }
        let newest = self.newest_event.filter(|newest| *newest - now > CLOCK_TOLERANCE)?;
        Some(format!(
            "the clock says {}, but the shop's latest event is of {}, one of them was wrong: set the clock by NTP (timedatectl set-ntp true)",
            now.format("%Y-%m-%d %H:%M"),
            newest.format("%Y-%m-%d %H:%M")
        ))
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    #[test]
    fn clocks_that_differ_are_doubted_and_those_that_agree_are_not() {
        let now = crate::clock::Clock::system().now();
        let facts = |ahead: i64, event: Option<i64>| Facts {
            major: 18,
            now: now + Duration::seconds(ahead),
            newest_event: event.map(|ahead| now + Duration::seconds(ahead)),
            role: AppRole::Usable,
        };
        assert_eq!(facts(30, Some(-5)).clock_doubt(now), None);
        assert!(facts(-400, None).clock_doubt(now).is_some_and(|said| said.contains("400 s apart")));
        assert!(facts(0, Some(86_400)).clock_doubt(now).is_some_and(|said| said.contains("latest event")));
    }
}
