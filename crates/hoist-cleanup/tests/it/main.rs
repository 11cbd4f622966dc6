//! Rows for the search of references and for the removal of flags.

mod corpus;
mod references;
