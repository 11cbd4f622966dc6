//! The list of flags with their switches.

use axum::extract::{FromRequestParts, Request, State};
use axum::response::Response;
use hoist_eval::ProjectKey;
use hoist_store::PageRequest;
use http::StatusCode;

use crate::auth::{Anywhere, Granted, Reads, Sealed};
use crate::error::ApiError;
use crate::limits::{KILL_PLACES_MAX, KILL_ROWS_MAX, PAGE_MAX};

use super::form::field;
use super::html::{self, Listing, Row};
use super::{page, refuse};

/// Shows the flags of one environment; to who is not signed in, where to sign in.
pub(super) async fn handle(State(sealed): State<Sealed>, request: Request) -> Response {
    show(&sealed, request).await.unwrap_or_else(|error| match error {
        ApiError::Unauthenticated => page(StatusCode::OK, html::sign_in(None)),
        error => refuse(error),
    })
}

async fn show(sealed: &Sealed, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let granted = Granted::<Reads, Anywhere>::from_request_parts(&mut parts, sealed).await?;
    let asked = parts.uri.query().unwrap_or("").as_bytes().to_vec();
    let places = places(&granted).await?;
    let (project, environment) = (field(&asked, "project"), field(&asked, "environment"));
    let here = places.iter().find(|place| place.0 == project && place.1 == environment);
    // Production is what somebody in a hurry means.
    let here = here.or_else(|| places.iter().find(|place| place.1 == "production")).or_else(|| places.first());
    let Some((project, environment)) = here.cloned() else {
        return Ok(page(StatusCode::OK, html::message("There is no environment yet.")));
    };
    let words = field(&asked, "q").to_lowercase();
    let rows = rows(&granted, &project, &environment, &words).await?;
    let all = rows.len();
    let listing = Listing {
        places: &places,
        project: &project,
        environment: &environment,
        words: &field(&asked, "q"),
        done: &field(&asked, "done"),
        rows: rows.into_iter().take(KILL_ROWS_MAX).collect(),
        all,
    };
    Ok(page(StatusCode::OK, html::list(&listing)))
}

/// Returns the environments that the caller reaches, as pairs of project and environment.
async fn places(granted: &Granted<Reads, Anywhere>) -> Result<Vec<(String, String)>, ApiError> {
    let scope = granted.principal().scope();
    let mut found = Vec::new();
    let mut request = PageRequest { limit: Some(PAGE_MAX), cursor: None };
    loop {
        let page = granted.store().list_projects(&request).await?;
        for project in page.items {
            let Ok(key) = project.key.parse::<ProjectKey>() else { continue };
            if !scope.reaches_project(&key) {
                continue;
            }
            for record in granted.store().environments(&project.key).await? {
                if record.key.parse().is_ok_and(|environment| scope.reaches(&key, &environment)) {
                    found.push((record.project, record.key));
                }
            }
        }
        request.cursor = page.next;
        if request.cursor.is_none() || found.len() >= KILL_PLACES_MAX {
            return Ok(found);
        }
    }
}

/// Returns the flags whose key contains the words: those that are on first. A flag that cannot be read is among them.
async fn rows(
    granted: &Granted<Reads, Anywhere>,
    project: &str,
    environment: &str,
    words: &str,
) -> Result<Vec<Row>, ApiError> {
    let Some(snapshot) = granted.store().snapshot(project, environment).await? else { return Ok(Vec::new()) };
    let wanted = snapshot.draft.flags.into_iter().filter(|flag| flag.key.to_lowercase().contains(words));
    let mut rows: Vec<Row> = wanted
        .map(|flag| Row { flag: flag.key, on: flag.targeting.enabled, off_variant: flag.targeting.off_variant })
        .collect();
    rows.sort_by(|one, two| two.on.cmp(&one.on).then_with(|| one.flag.cmp(&two.flag)));
    Ok(rows)
}
