//! Variants that flags have in common. Most flags are booleans with the same two variants: kept once, they stay in the
//! cache while a bulk evaluation goes through flags.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::Variant;
use crate::key::VariantKey;
use crate::value::FlagValue;

/// What boolean variants are: in this order, these keys with these values.
type Shape = Vec<(VariantKey, bool)>;

/// The lists of boolean variants seen so far. Other kinds differ from flag to flag and are not worth a search.
#[derive(Debug, Default)]
pub(crate) struct BooleanVariants(RefCell<HashMap<Shape, Arc<[Variant]>>>);

impl BooleanVariants {
    /// Returns an equal list: the first one seen, if the variants are boolean.
    pub(super) fn share(&self, variants: &Arc<[Variant]>) -> Arc<[Variant]> {
        let boolean = |variant: &Variant| match variant.value {
            FlagValue::Boolean(value) => Some((variant.key.clone(), value)),
            _ => None,
        };
        let Some(key) = variants.iter().map(boolean).collect() else { return Arc::clone(variants) };
        Arc::clone(self.0.borrow_mut().entry(key).or_insert_with(|| Arc::clone(variants)))
    }
}
