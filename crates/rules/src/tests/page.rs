//! Reads a rule's page: title, sections, fenced samples.

pub(super) struct Page {
    pub(super) title: String,
    /// Heading and text, in order.
    pub(super) sections: Vec<(String, String)>,
}

impl Page {
    pub(super) fn parse(text: &str) -> Self {
        let mut page = Self { title: String::new(), sections: Vec::new() };
        let mut in_fence = false;
        for line in text.lines() {
            in_fence ^= line.starts_with("```");
            if let Some(title) = line.strip_prefix("# ").filter(|_| !in_fence) {
                page.title = title.to_owned();
            } else if let Some(heading) = line.strip_prefix("## ").filter(|_| !in_fence) {
                page.sections.push((heading.to_owned(), String::new()));
            } else if let Some((_, section)) = page.sections.last_mut() {
                section.push_str(line);
                section.push('\n');
            }
        }
        page
    }

    pub(super) fn headings(&self) -> Vec<&str> {
        self.sections.iter().map(|(heading, _)| heading.as_str()).collect()
    }

    /// Info string and content of every fence under `heading`.
    pub(super) fn samples(&self, heading: &str) -> Vec<(String, String)> {
        let section = self.sections.iter().find(|(known, _)| known == heading).map_or("", |(_, text)| text);
        let mut samples: Vec<(String, String)> = Vec::new();
        let mut in_fence = false;
        for line in section.lines() {
            if let Some(info) = line.strip_prefix("```") {
                in_fence = !in_fence;
                if in_fence {
                    samples.push((info.to_owned(), String::new()));
                }
            } else if in_fence && let Some((_, text)) = samples.last_mut() {
                text.push_str(line);
                text.push('\n');
            }
        }
        samples
    }
}
