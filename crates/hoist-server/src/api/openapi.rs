//! What the document says beside the routes.

use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};

use crate::api::environments::export::Format;
use crate::error::{FieldProblem, Problem};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hoist",
        description = "Management of flags and rollouts. Lists come in pages; things have versions (ETag, If-Match); \
                       a request with an Idempotency-Key can be repeated for 24 hours without doing it twice; refusals \
                       are `application/problem+json`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(Problem, FieldProblem, Format))
)]
struct Base;

/// Returns the document without routes.
pub(super) fn document() -> utoipa::openapi::OpenApi {
    let mut document = Base::openapi();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An admin token.")).build();
    document
        .components
        .get_or_insert_default()
        .security_schemes
        .insert("token".to_owned(), SecurityScheme::Http(bearer).into());
    document.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    document
}
