//! Who may call a route. Each route declares it where it is registered ([`crate::Routes`]), and the
//! decision is made before the handler runs. A pure function, so that a test can walk every route
//! with every role.
//!
//! Invariants: staff must have proved a second factor in the session, whatever the route asks;
//! nothing is allowed that a declaration does not allow.

use crate::session::{CustomerRole, Session, StaffRole};
use base::Timestamp;

/// How long a second factor counts as fresh: as long as the business lets it count.
pub const FRESH_SECONDS: i64 = office::accounts::FRESH_SECONDS;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everyone.
    Public,
    /// Anyone who is signed in, whatever for.
    SignedIn,
    /// A login acting for a customer with at least this role.
    Customer(CustomerRole),
    /// A staff member with one of these roles.
    Staff(&'static [StaffRole]),
}

/// Whether a second factor must have been proved just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// The session is enough.
    Session,
    /// The second factor was proved within [`FRESH_SECONDS`].
    SecondFactor,
}

/// What a route declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub who: Who,
    /// How lately proved.
    pub freshness: Freshness,
}

/// What the declaration means for one visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Allow,
    /// Sign in first.
    SignIn,
    /// Signed in; prove the second factor (again) first.
    Confirm,
    /// Not for this visitor.
    Refuse,
}

impl Access {
    /// Everyone.
    pub const PUBLIC: Self = Self::of(Who::Public);
    /// Anyone who is signed in.
    pub const SIGNED_IN: Self = Self::of(Who::SignedIn);
    /// Any staff member.
    pub const STAFF: Self = Self::of(Who::Staff(&StaffRole::ALL));

    const fn of(who: Who) -> Self {
        Self { who, freshness: Freshness::Session }
    }

    /// A login acting for a customer, with at least this role.
    #[must_use]
    pub const fn customer(role: CustomerRole) -> Self {
        Self::of(Who::Customer(role))
    }

    /// A staff member with one of these roles.
    #[must_use]
    pub const fn staff(roles: &'static [StaffRole]) -> Self {
        Self::of(Who::Staff(roles))
    }

    /// The same, and the second factor must be fresh: for what cannot be undone.
    #[must_use]
    pub const fn fresh(self) -> Self {
        Self { freshness: Freshness::SecondFactor, ..self }
    }

    /// Decides for one visitor.
    #[must_use]
    pub fn decide(self, session: Option<&Session>, now: Timestamp) -> Decision {
        let Some(session) = session else {
            return match (self.who, self.freshness) {
                (Who::Public, Freshness::Session) => Decision::Allow,
                _ => Decision::SignIn,
            };
        };
        let allowed = match self.who {
            Who::Public | Who::SignedIn => true,
            Who::Customer(least) => session.acting.as_ref().is_some_and(|acting| acting.role >= least),
            Who::Staff(roles) => session.staff.iter().any(|role| roles.contains(role)),
        };
        if !allowed {
            return Decision::Refuse;
        }
        let proved = match (self.who, self.freshness) {
            (_, Freshness::SecondFactor) => session.second_factor_at.is_some_and(|at| is_fresh(at, now)),
            (Who::Staff(_), Freshness::Session) => session.second_factor_at.is_some(),
            _ => true,
        };
        if proved { Decision::Allow } else { Decision::Confirm }
    }
}

/// A proof from the future (the clock was put back) is not fresh.
fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    (0..=FRESH_SECONDS).contains(&now.seconds_since(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    #[test]
    fn visitors_get_public_pages_only() {
        assert_eq!(Access::PUBLIC.decide(None, NOW), Decision::Allow);
        for access in
            [Access::SIGNED_IN, Access::STAFF, Access::customer(CustomerRole::Reader), Access::PUBLIC.fresh()]
        {
            assert_eq!(access.decide(None, NOW), Decision::SignIn);
        }
    }

    #[test]
    fn customer_roles_include_the_lower_ones() {
        for (i, has) in CustomerRole::ALL.into_iter().enumerate() {
            let session = testing::customer(has);
            for (j, asked) in CustomerRole::ALL.into_iter().enumerate() {
                let expected = if j <= i { Decision::Allow } else { Decision::Refuse };
                assert_eq!(
                    Access::customer(asked).decide(Some(&session), NOW),
                    expected,
                    "{has:?} {asked:?}"
                );
            }
            assert_eq!(Access::STAFF.decide(Some(&session), NOW), Decision::Refuse);
            assert_eq!(Access::SIGNED_IN.decide(Some(&session), NOW), Decision::Allow);
        }
    }

    #[test]
    fn staff_need_their_role_and_a_second_factor() {
        for has in StaffRole::ALL {
            let session = testing::staff(has, Some(NOW));
            for asked in [&[StaffRole::Support][..], &[StaffRole::Privacy, StaffRole::Admin], &[]] {
                // The slices are promoted to statics.
                let access = Access { who: Who::Staff(leak(asked)), freshness: Freshness::Session };
                let expected = if asked.contains(&has) { Decision::Allow } else { Decision::Refuse };
                assert_eq!(access.decide(Some(&session), NOW), expected);
            }
            assert_eq!(Access::customer(CustomerRole::Reader).decide(Some(&session), NOW), Decision::Refuse);
            assert_eq!(Access::STAFF.decide(Some(&testing::staff(has, None)), NOW), Decision::Confirm);
        }
    }

    fn leak(roles: &[StaffRole]) -> &'static [StaffRole] {
        Box::leak(roles.to_vec().into_boxed_slice())
    }

    #[test]
    fn freshness_ends() {
        let access = Access::customer(CustomerRole::Owner).fresh();
        let mut session = testing::customer(CustomerRole::Owner);
        for (age, expected) in [
            (0, Decision::Allow),
            (FRESH_SECONDS, Decision::Allow),
            (FRESH_SECONDS + 1, Decision::Confirm),
            (-1, Decision::Confirm),
        ] {
            session.second_factor_at = Some(NOW.plus_seconds(-age));
            assert_eq!(access.decide(Some(&session), NOW), expected, "{age}");
        }
        session.second_factor_at = None;
        assert_eq!(access.decide(Some(&session), NOW), Decision::Confirm);
        // Someone who may not do it at all is not sent to prove a second factor first.
        assert_eq!(access.decide(Some(&testing::customer(CustomerRole::Reader)), NOW), Decision::Refuse);
    }
}
