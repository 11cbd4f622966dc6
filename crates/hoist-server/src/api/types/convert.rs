//! Conversions between the types of the API and those of the core whose fields and names are the same.

/// Converts both ways between a struct of the API and one of the core whose fields have the same names.
macro_rules! fields {
    ($wire:ident, $core:ident { $($field:ident),* $(,)? } via { $($inner:ident: $how:ident),* $(,)? }) => {
        impl From<$core> for $wire {
            fn from(core: $core) -> Self {
                Self { $($field: core.$field,)* $($inner: $how(core.$inner),)* }
            }
        }

        impl From<$wire> for $core {
            fn from(wire: $wire) -> Self {
                Self { $($field: wire.$field,)* $($inner: $how(wire.$inner),)* }
            }
        }
    };
}

/// Converts both ways between an enum of the API and one of the core.
macro_rules! names {
    ($wire:ident, $core:ident { $($variant:ident),* }) => {
        impl From<$core> for $wire {
            fn from(core: $core) -> Self {
                match core { $($core::$variant => Self::$variant,)* }
            }
        }

        impl From<$wire> for $core {
            fn from(wire: $wire) -> Self {
                match wire { $($wire::$variant => Self::$variant,)* }
            }
        }
    };
}

/// Converts one item.
pub(super) fn one<A: Into<B>, B>(item: A) -> B {
    item.into()
}

/// Converts each item.
pub(super) fn each<A: Into<B>, B>(items: Vec<A>) -> Vec<B> {
    items.into_iter().map(A::into).collect()
}

/// Converts what may be absent.
pub(super) fn maybe<A: Into<B>, B>(item: Option<A>) -> Option<B> {
    item.map(A::into)
}

pub(super) use {fields, names};
