/// How far a long piece of work is. Told from several threads, often, and not always in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// Bytes of an ecosystem's zip; `total` is unknown until its server says.
    Downloading {
        ecosystem: &'a str,
        done: u64,
        total: Option<u64>,
    },
    /// The ecosystem's zip is the one already here.
    Unchanged {
        ecosystem: &'a str,
    },
    /// A download that cannot be used failed and is tried again.
    Retrying {
        ecosystem: &'a str,
    },
    /// Advisories of an ecosystem.
    Reading {
        ecosystem: &'a str,
        done: u64,
        total: u64,
    },
    Writing,
}
