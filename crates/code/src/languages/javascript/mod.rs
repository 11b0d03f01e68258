//! JavaScript and TypeScript (being filled in).

mod lower;
