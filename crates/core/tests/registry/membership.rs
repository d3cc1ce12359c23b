//! Who belongs to a queue, and from which step on.

use tieline_core::registry::{Expression, Join, Operator, Queue, Skill, Term, User};

use super::world::{id, queue, step, term, user};

/// Somebody with these (attribute, value) skills.
fn agent(skills: &[(u8, u8)]) -> User {
    let attributes =
        skills.iter().map(|&(attribute, value)| Skill { attribute: id(attribute), value }).collect();
    User { attributes, ..user(1, "amina", &[]) }
}

#[track_caller]
fn check(queue: &Queue, skills: &[(u8, u8)], expect: Option<usize>) {
    assert_eq!(queue.first_step_for(&agent(skills)), expect, "{skills:?}");
}

#[test]
fn a_queue_without_steps_takes_everybody() {
    check(&queue(1, "All", 1, vec![]), &[], Some(0));
}

#[test]
fn the_first_step_that_fits_counts() {
    let expert = step(1, [term(1, Operator::AtLeast, 8)]);
    let able = step(2, [term(1, Operator::AtLeast, 4)]);
    let queue = queue(1, "Billing", 1, vec![expert, able]);
    check(&queue, &[(1, 9)], Some(0));
    check(&queue, &[(1, 5)], Some(1));
    check(&queue, &[(1, 3)], None);
    check(&queue, &[], None);
}

#[test]
fn operators() {
    for (operator, holds_at) in [
        (Operator::Equal, [false, true, false]),
        (Operator::NotEqual, [true, false, true]),
        (Operator::Less, [true, false, false]),
        (Operator::AtMost, [true, true, false]),
        (Operator::Greater, [false, false, true]),
        (Operator::AtLeast, [false, true, true]),
    ] {
        let queue = queue(1, "Billing", 1, vec![step(1, [term(1, operator, 5)])]);
        for (value, holds) in [4, 5, 6].into_iter().zip(holds_at) {
            check(&queue, &[(1, value)], holds.then_some(0));
        }
        check(&queue, &[(2, 5)], None);
    }
}

#[test]
fn and_and_or_are_read_left_to_right() {
    let has = |join, attribute| Term { join, ..term(attribute, Operator::Equal, 1) };
    let terms = vec![has(Join::Or, 1), has(Join::Or, 2), has(Join::And, 3)];
    let flat = queue(1, "Flat", 1, vec![step(1, terms.clone())]);
    check(&flat, &[(1, 1), (3, 1)], Some(0));
    check(&flat, &[(2, 1), (3, 1)], Some(0));
    check(&flat, &[(1, 1)], None);

    let mut nested = step(1, []);
    nested.expressions = vec![
        Expression { join: Join::Or, terms: vec![has(Join::And, 1)] },
        Expression { join: Join::Or, terms: vec![has(Join::And, 2), has(Join::And, 3)] },
    ];
    let nested = queue(1, "Nested", 1, vec![nested]);
    check(&nested, &[(1, 1)], Some(0));
    check(&nested, &[(2, 1), (3, 1)], Some(0));
    check(&nested, &[(2, 1)], None);
}
