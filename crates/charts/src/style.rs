//! Colours and styles, as one style sheet of classes and variables.
//!
//! Kinds have the colours of Okabe and Ito, in an order whose first three differ in lightness too;
//! amounts have viridis in 16 steps. Every kind also has its own shape and dash pattern.

/// The role of a mark, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// One of eight kinds; further ones repeat the colours.
    Series(u8),
    /// An amount in viridis: 0 is the dark end, 15 the bright one.
    Level(u8),
    /// Highlighted.
    Strong,
    /// Context.
    Faint,
}

impl Tone {
    /// The class of marks of this tone.
    pub(crate) fn class(self) -> String {
        match self {
            Self::Series(n) => format!("s{}", n % 8),
            Self::Level(n) => format!("v{}", n.min(15)),
            Self::Strong => "st".to_owned(),
            Self::Faint => "fa".to_owned(),
        }
    }
}

/// The theme of a stand-alone picture; in a page, the page decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the reader's system is set.
    Auto,
    /// Dark on white.
    Light,
    /// Bright on black.
    Dark,
}

impl Theme {
    /// The style sheet of a stand-alone picture.
    pub fn sheet(self) -> String {
        match self {
            Self::Auto => {
                format!("svg{{{LIGHT}}}@media (prefers-color-scheme:dark){{svg{{{DARK}}}}}{STYLE}")
            }
            Self::Light => format!("svg{{{LIGHT}}}{STYLE}"),
            Self::Dark => format!("svg{{{DARK}}}{STYLE}"),
        }
    }
}

/// The variables of a light page.
pub const LIGHT: &str = "--bg:#fff;--ink:#1c2127;--mute:#57606a;--rule:#e4e7eb;--edge:#8b949e;--faint:#9aa4af;\
--s0:#0072b2;--s1:#d55e00;--s2:#009e73;--s3:#cc79a7;--s4:#e69f00;--s5:#56b4e9;--s6:#8c6d00;--s7:#5b6570;";

/// The variables of a dark page.
pub const DARK: &str = "--bg:#14181d;--ink:#e8ebee;--mute:#a3adb8;--rule:#2a3138;--edge:#6b7681;--faint:#5f6b77;\
--s0:#56b4e9;--s1:#e69f00;--s2:#12b886;--s3:#e19cc3;--s4:#f0e442;--s5:#4f9fe0;--s6:#d55e00;--s7:#aab4bf;";

/// The styles of all marks, in terms of the variables.
pub const STYLE: &str = concat!(
    ".ch{font:12px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;display:block;overflow:visible}",
    ".ch text{fill:var(--mute);unicode-bidi:isolate}.ch .tt{fill:var(--ink);font-size:14px;font-weight:600}",
    ".ch .na{fill:var(--ink)}",
    ".ch .gr{stroke:var(--rule);fill:none;shape-rendering:crispEdges}",
    ".ch .ax{stroke:var(--edge);fill:none;shape-rendering:crispEdges}",
    ".s0{--c:var(--s0)}.s1{--c:var(--s1)}.s2{--c:var(--s2)}.s3{--c:var(--s3)}",
    ".s4{--c:var(--s4)}.s5{--c:var(--s5)}.s6{--c:var(--s6)}.s7{--c:var(--s7)}",
    ".st{--c:var(--ink)}.fa{--c:var(--faint)}",
    ".v0{--c:#440154}.v1{--c:#481a6c}.v2{--c:#472f7d}.v3{--c:#414487}.v4{--c:#39568c}.v5{--c:#31688e}",
    ".v6{--c:#2a788e}.v7{--c:#23888e}.v8{--c:#1f988b}.v9{--c:#22a884}.v10{--c:#35b779}.v11{--c:#54c568}",
    ".v12{--c:#7ad151}.v13{--c:#a5db36}.v14{--c:#d2e21b}.v15{--c:#fde725}",
    ".ln{stroke:var(--c);fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}",
    ".ln.thin{stroke-width:1;opacity:.55}.d1{stroke-dasharray:6 3}.d2{stroke-dasharray:2 3}.d3{stroke-dasharray:8 3 2 3}",
    ".pt{stroke:var(--c);fill:none;stroke-width:6;stroke-linecap:round}",
    ".pt.small{stroke-width:4.5;opacity:.75}.pt.square{stroke-linecap:square;stroke-width:5}",
    ".pt.open{stroke-width:1.5;fill:var(--bg)}",
    ".ar{fill:var(--c);stroke:none}.ar.soft{opacity:.25}.ar.cell{shape-rendering:crispEdges}",
    ".wh{stroke:var(--c);fill:none;stroke-width:1.5}.ru{stroke:var(--c);fill:none;stroke-width:1;stroke-dasharray:4 3}",
    ".iso{stroke:#fff;fill:none;stroke-width:1;opacity:.75}",
    "@media (forced-colors:active){.ch text{fill:CanvasText}.ln,.pt,.wh,.ru,.ch .ax{stroke:CanvasText}",
    ".ar{fill:GrayText;forced-color-adjust:none}}",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_themes_set_the_same_variables() {
        let names = |sheet: &str| -> Vec<String> {
            sheet.split(';').filter_map(|d| d.split_once(':')).map(|(n, _)| n.to_owned()).collect()
        };
        assert_eq!(names(LIGHT), names(DARK));
        assert!(names(LIGHT).len() > 10);
    }

    #[test]
    fn every_variable_in_use_is_set() {
        for used in STYLE.split("var(").skip(1) {
            let name = used.split(')').next().unwrap();
            assert!(name == "--c" || LIGHT.contains(&format!("{name}:")), "{name} has no value");
        }
    }
}
