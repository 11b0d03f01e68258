//! Every text colour against every ground it stands on: at least 4.5 to 1 (WCAG 2.2, success criterion 1.4.3), in light,
//! dark and print.

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../../src/formats/html/style.css");
const ENOUGH: f64 = 4.5;

/// Colours and the grounds they are written on.
const PAIRS: &[(&str, &[&str])] = &[
    ("ink", &["ground", "card", "tint"]),
    ("soft", &["ground", "card", "tint"]),
    ("link", &["ground", "card"]),
    ("critical", &["card"]),
    ("high", &["card"]),
    ("medium", &["card"]),
    ("low", &["card"]),
    ("info", &["card"]),
    ("good", &["card"]),
    ("notice-ink", &["notice"]),
    // The badge of what is critical is written in the card's colour.
    ("card", &["critical"]),
];

/// The palettes in the order they are written: light, dark, print; the later ones override the first.
fn palettes() -> Vec<BTreeMap<&'static str, &'static str>> {
    let mut palettes: Vec<BTreeMap<_, _>> = Vec::new();
    for block in STYLE.split(":root {").skip(1) {
        let body = block.split('}').next().unwrap();
        let declared = body.split(';').filter_map(|one| one.trim().strip_prefix("--")?.split_once(": "));
        let mut palette = palettes.first().cloned().unwrap_or_default();
        palette.extend(declared);
        palettes.push(palette);
    }
    palettes
}

fn luminance(colour: &str) -> f64 {
    let digits = colour.trim_start_matches('#');
    let full: String =
        if digits.len() == 3 { digits.chars().flat_map(|digit| [digit, digit]).collect() } else { digits.to_owned() };
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&full[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_text_is_legible_on_its_ground() {
    assert!((contrast("#000", "#ffffff") - 21.0).abs() < 0.01);
    let palettes = palettes();
    assert_eq!(palettes.len(), 3, "light, dark and print");
    for palette in palettes {
        for (text, grounds) in PAIRS {
            for ground in *grounds {
                let found = contrast(palette[text], palette[ground]);
                assert!(found >= ENOUGH, "{text} on {ground} has {found:.2}: {palette:?}");
            }
        }
    }
}
