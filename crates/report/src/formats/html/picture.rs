//! Small pictures where people would rather look than read; each has its words beside it.

use maud::{Markup, html};

/// Circumference of the dial's circle, in its own units.
const AROUND: f64 = 100.0;

/// A ring filled by the score.
pub(super) fn risk_dial(score: u8, band: &str) -> Markup {
    let filled = f64::from(score.min(100)) / 100.0 * AROUND;
    html! {
        svg.dial viewBox="0 0 36 36" role="img" aria-label={ "risk " (score) " of 100" } {
            circle.track cx="18" cy="18" r="15.915" {}
            circle class={ "fill " (band) } cx="18" cy="18" r="15.915" stroke-dasharray={ (format!("{filled:.1} {AROUND}")) } transform="rotate(-90 18 18)" {}
            text x="18" y="22.5" text-anchor="middle" { (score) }
        }
    }
}

/// How many of the granted actions are needed, as a bar on a root scale so that a few stay visible beside thousands.
pub(super) fn needed_bar(granted: usize, needed: usize) -> Markup {
    let share = if granted == 0 { 0.0 } else { (needed.min(granted) as f64 / granted as f64).sqrt() * 100.0 };
    html! {
        svg.bar viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={ (needed) " of " (granted) " granted actions are needed" } {
            rect.granted x="0" y="0" width="100" height="6" rx="1" {}
            rect.needed x="0" y="0" width={ (format!("{share:.1}")) } height="6" rx="1" {}
        }
    }
}
