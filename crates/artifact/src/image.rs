//! What a container image says of itself.

/// An image whose files are in the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Image {
    pub configuration: ImageConfiguration,
    /// From the base upwards.
    pub layers: Vec<ImageLayer>,
    /// The folder whose files are the function's own ([`crate::Mount::Function`]), without the leading slash; `None`
    /// when nothing tells.
    pub task_folder: Option<String>,
}

/// How its process is started, as far as the image says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageConfiguration {
    pub entrypoint: Vec<String>,
    pub command: Vec<String>,
    pub working_folder: Option<String>,
    /// In the image's order.
    pub environment: Vec<(String, String)>,
    /// Sorted by name.
    pub labels: Vec<(String, String)>,
    pub architecture: Option<String>,
}

impl ImageConfiguration {
    /// The value of an environment variable; the last one counts.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.iter().rev().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// One layer of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageLayer {
    /// As the image states it: `sha256:…`; `None` for plain root file systems.
    pub digest: Option<String>,
    /// The build step that made it, as the image's history has it.
    pub created_by: Option<String>,
}

/// Characters of a layer's digest that are shown, as other tools do.
const SHOWN_DIGEST_LENGTH: usize = 12;
/// Characters of a layer's build step that are shown.
const SHOWN_STEP_LENGTH: usize = 80;

impl ImageLayer {
    /// `sha256:0123456789ab (RUN pip install …)`.
    pub fn describe(&self) -> String {
        let digest = self.digest.as_deref().unwrap_or("image layer");
        let (algorithm, digits) = digest.split_once(':').map_or((None, digest), |(name, digits)| (Some(name), digits));
        let digits: String = match algorithm {
            Some(_) => digits.chars().take(SHOWN_DIGEST_LENGTH).collect(),
            None => digits.to_owned(),
        };
        let digest = algorithm.map(|name| format!("{name}:{digits}")).unwrap_or(digits);
        match self.step() {
            Some(step) => format!("{digest} ({step})"),
            None => digest,
        }
    }

    /// The build step on one line, without the shell that older builders put before it.
    fn step(&self) -> Option<String> {
        let written = self.created_by.as_deref()?;
        let plain = written.strip_prefix("/bin/sh -c #(nop)").or_else(|| written.strip_prefix("/bin/sh -c"));
        let words: Vec<&str> = plain.unwrap_or(written).split_whitespace().collect();
        let line = words.join(" ");
        let mut shown: String = line.chars().take(SHOWN_STEP_LENGTH).collect();
        if shown.len() < line.len() {
            shown.push('…');
        }
        (!shown.is_empty()).then_some(shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_described_by_digest_and_step() {
        let layer = |digest: Option<&str>, step: Option<&str>| {
            ImageLayer { digest: digest.map(str::to_owned), created_by: step.map(str::to_owned) }.describe()
        };
        assert_eq!(
            layer(Some("sha256:0123456789abcdef"), Some("RUN pip  install x")),
            "sha256:0123456789ab (RUN pip install x)"
        );
        assert_eq!(layer(Some("sha256:01"), Some("/bin/sh -c #(nop) CMD [\"a\"]")), "sha256:01 (CMD [\"a\"])");
        assert_eq!(layer(None, None), "image layer");
    }
}
