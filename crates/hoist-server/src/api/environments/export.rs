//! What an environment serves, as a document for other programs.

use hoist_store::limits::PAGE_MAX;
use hoist_store::{PageRequest, Write};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::apart::apart;
use crate::api::extract::Parameters;
use crate::auth::{Granted, InEnvironment, Reads};
use crate::copies::Copied;
use crate::error::{ApiError, FieldProblem};
use crate::upg::{self, Product};

/// Which document is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// The format: `hoist`, `flagd` or `upg`.
    format: Format,
}

/// A format of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    /// Hoist's own: what `hoist eval --snapshot` reads.
    Hoist,
    /// Flag definitions for flagd and its in-process evaluators.
    Flagd,
    /// A product graph: flags, services, features, and what links them.
    Upg,
}

impl Format {
    /// Returns the format's name.
    fn as_str(self) -> &'static str {
        match self {
            Self::Hoist => "hoist",
            Self::Flagd => "flagd",
            Self::Upg => "upg",
        }
    }
}

/// An exported environment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Exported {
    /// The generation that was exported.
    pub generation: u64,
    /// The document.
    #[schema(value_type = Object)]
    pub document: serde_json::Value,
    /// Flags that the format cannot express exactly, and why. They are not in the document.
    pub refused: Vec<FieldProblem>,
}

/// Exports what an environment serves. The audit log says who did, as `environment.export`, once a minute for each token,
/// environment and format.
#[utoipa::path(get, path = "/api/v1/projects/{project}/environments/{environment}/export",
    operation_id = "export_environment", tag = "environments",
    params(("project" = String, Path, description = "The project."),
           ("environment" = String, Path, description = "The environment."), Wanted),
    responses((status = 200, body = Exported)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InEnvironment>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<axum::Json<Exported>, ApiError> {
    let (project, environment) = (granted.project().as_str(), granted.environment().as_str());
    let stored = granted.store().snapshot(project, environment).await?;
    let stored = stored.ok_or(ApiError::NotFound { what: "environment" })?;
    let (generation, draft) = (stored.generation, stored.draft);
    let product = if wanted.format == Format::Upg { product(&granted).await? } else { Product::default() };
    let now = granted.now();
    let writing = apart(&granted.app().apart, move || match wanted.format {
        Format::Hoist => serde_json::to_value(&draft).ok().map(|document| (document, Vec::new())),
        Format::Flagd => {
            let exported = hoist_eval::flagd::export(&draft);
            Some((exported.document, exported.refused))
        }
        Format::Upg => Some((upg::document(&product, now), Vec::new())),
    });
    let (document, refused) = writing.await?.ok_or(ApiError::Internal)?;
    // A copy that cannot be noted is not given out.
    let copied = Copied::new(granted.actor(), Some(format!("{project}/{environment}")), wanted.format.as_str());
    let write = Write::new(granted.actor(), now);
    let record = granted.store().record_export(&write, (project, environment), wanted.format.as_str());
    granted.app().copies.note(copied, now, record).await?;
    let refused = refused.into_iter().map(|problem| {
        let flag = problem.flag.clone().unwrap_or_default();
        let told = FieldProblem::from(problem);
        FieldProblem { path: format!("{flag}: {}", told.path), ..told }
    });
    Ok(axum::Json(Exported { generation, document, refused: refused.collect() }))
}

/// Returns what is known of the project, with what its live flags serve in the environment.
async fn product(granted: &Granted<Reads, InEnvironment>) -> Result<Product, ApiError> {
    let (store, project) = (granted.store(), granted.project().as_str());
    let inputs = store.retirement_inputs(project).await?;
    let live = inputs.flags.into_iter().filter(|entry| entry.record.archived_at.is_none());
    let flags = live.filter_map(|entry| {
        let there = entry.environments.into_iter().find(|there| there.environment == granted.environment().as_str())?;
        Some((entry.record, there.targeting, there.allocation))
    });
    let mut product = Product {
        key: project.to_owned(),
        title: store.project(project).await?.map(|project| project.title).unwrap_or_default(),
        flags: flags.collect(),
        links: store.links(project).await?,
        ..Product::default()
    };
    let mut page = PageRequest { limit: Some(PAGE_MAX), cursor: None };
    loop {
        let found = store.list_services(project, &page).await?;
        product.services.extend(found.items.into_iter().map(|kept| kept.draft));
        page.cursor = found.next;
        if page.cursor.is_none() {
            break;
        }
    }
    loop {
        let found = store.list_features(project, &page).await?;
        product.features.extend(found.items.into_iter().map(|kept| kept.draft));
        page.cursor = found.next;
        if page.cursor.is_none() {
            return Ok(product);
        }
    }
}
