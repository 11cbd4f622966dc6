//! How the server is.

use hoist_eval::Span;
use hoist_store::{Page, PageRequest, ProjectRecord, Store};

use crate::api::types::system::{EnvironmentHealth, Expiry, System};
use crate::auth::{Anywhere, Granted, Reads, is_session};
use crate::config::Database;
use crate::error::ApiError;
use crate::limits::PAGE_MAX;
use crate::snapshots::EnvironmentId;

/// How long before its end a token is told of.
const EXPIRY_NOTICE: Span = Span::from_hours(24 * 30);

/// Returns how the server is: its environments and their generations, tokens that end soon, and what deserves
/// attention. No configuration is shown.
#[utoipa::path(get, path = "/api/v1/system", operation_id = "get_system", tag = "system",
    responses((status = 200, body = System)))]
pub(crate) async fn handle(granted: Granted<Reads, Anywhere>) -> Result<axum::Json<System>, ApiError> {
    let (app, store) = (granted.app(), granted.store());
    let installation = store.installation().await?;
    let mut warnings = Vec::new();
    for task in app.board.dead(app.clock.monotonic()) {
        warnings.push(format!("the task {task} is not running; restart the server and report its log"));
    }
    Ok(axum::Json(System {
        release: env!("CARGO_PKG_VERSION"),
        installation: installation.id,
        epoch: installation.epoch.0,
        now: granted.now().into(),
        uptime_seconds: app.clock.monotonic().as_micros() / 1_000_000,
        store: match app.config.database {
            Database::Memory | Database::Embedded(_) => "sqlite",
            Database::Postgres(_) => "postgres",
        },
        environments: environments(&granted).await?,
        streams: app.streams.open(),
        expiring_tokens: expiring(&granted).await?,
        warnings,
    }))
}

async fn environments(granted: &Granted<Reads, Anywhere>) -> Result<Vec<EnvironmentHealth>, ApiError> {
    let scope = granted.principal().scope();
    let store = granted.store();
    let mut found = Vec::new();
    for project in projects(store).await? {
        for environment in store.environments(&project.key).await? {
            let (Ok(project), Ok(key)) = (environment.project.parse(), environment.key.parse()) else { continue };
            if scope.reaches(&project, &key) {
                let slot = granted.app().snapshots.slot(&EnvironmentId { project, environment: key });
                let served = slot.and_then(|slot| slot.served().as_ref().map(|served| served.position.generation));
                found.push(EnvironmentHealth {
                    served_generation: served,
                    project: environment.project,
                    environment: environment.key,
                    generation: environment.generation,
                    protected: environment.protected,
                });
            }
        }
    }
    Ok(found)
}

/// Returns the next page to ask for; nothing after the last one.
fn following<T>(page: &Page<T>) -> Option<PageRequest> {
    page.next.clone().map(|next| PageRequest { limit: Some(PAGE_MAX), cursor: Some(next) })
}

fn first() -> PageRequest {
    PageRequest { limit: Some(PAGE_MAX), cursor: None }
}

/// Returns every project: the store bounds how many there are.
async fn projects(store: &Store) -> Result<Vec<ProjectRecord>, ApiError> {
    let (mut found, mut wanted) = (Vec::new(), Some(first()));
    while let Some(request) = wanted {
        let page = store.list_projects(&request).await?;
        wanted = following(&page);
        found.extend(page.items);
    }
    Ok(found)
}

/// Returns the tokens that end soon.
async fn expiring(granted: &Granted<Reads, Anywhere>) -> Result<Vec<Expiry>, ApiError> {
    let now = granted.now();
    let until = now.saturating_add(EXPIRY_NOTICE);
    let scope = granted.principal().scope();
    let (mut found, mut wanted) = (Vec::new(), Some(first()));
    while let Some(request) = wanted {
        let page = granted.store().list_tokens(&request).await?;
        wanted = following(&page);
        let tokens = page.items.into_iter().filter(|token| token.revoked_at.is_none() && !is_session(&token.actions));
        let within = tokens.filter(|token| {
            crate::api::tokens::create::scope_of(token.project.as_deref(), token.environment.as_deref())
                .is_some_and(|theirs| scope.covers(&theirs))
        });
        found.extend(within.filter_map(|token| {
            let end = token.expires_at.filter(|end| *end > now && *end <= until)?;
            Some((end, Expiry { token: token.id, name: token.title, expires_at: end.into() }))
        }));
    }
    found.sort_by_key(|(end, _): &(hoist_eval::Timestamp, Expiry)| *end);
    Ok(found.into_iter().map(|(_, expiry)| expiry).collect())
}
