//! Kill -9 anywhere: the real server carries a rollout through four stages, or rolls it back at the third, and dies at one
//! named point of its work; it is started again, and everything that was written must be as if it had never died.

mod history;
mod prometheus;
mod server;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use futures::StreamExt as _;
use hoist_store::testing::Postgres;

use history::History;
use prometheus::Source;
use server::Ran;
use world::{Story, World};

/// Runs at the same time. They mostly wait for bakes.
const SIDE_BY_SIDE: usize = 4;
/// Points that are passed more often are tried at this passage too: in the middle of the climb.
const MIDDLE: u64 = 4;
/// Points that are passed at most so often are passed for each move of the rollout and no more; those are tried at the
/// last passage too, which is the completion.
const MOVES_MAX: u64 = 6;

/// Points that are passed once for each move of the rollout and at no other time: a kill there always happens.
const OF_MOVES: [&str; 5] = [
    "decision.flag.written",
    "decision.safety.written",
    "flag.audit.written",
    "flag.generation.written",
    "flag.row.written",
];
/// Points that only what units did passes. What is lost with a server that dies there is shown by the tests of tracking.
const NEED_UNITS: [&str; 2] = ["evidence.flush.after", "evidence.flush.before"];

/// How often each point was passed.
type Points = BTreeMap<String, u64>;

/// Where the data of a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    Sqlite,
    Postgres,
}

/// One point at one passage, and what came of dying there.
struct Row {
    point: String,
    nth: u64,
    died: bool,
}

/// Carries a rollout from its start to its end, dying at `point` on the way if one is given.
async fn run(on: On, story: Story, source: &Source, order: Option<&str>) -> (History, Ran) {
    let postgres = match on {
        On::Sqlite => None,
        On::Postgres => Some(Postgres::fresh().await.expect("a database")),
    };
    let world = World::new(postgres.as_ref(), source, story).await;
    let ran = server::run(&world, order).await;
    let history = History::read(&world, &ran).await;
    world.close().await;
    if let Some(postgres) = postgres {
        postgres.discard().await.expect("the database goes");
    }
    (history, ran)
}

/// Kills the server at every point of a climb, and at every point of a rollback that no climb passes or that is passed
/// for the rollback itself.
async fn everywhere(on: On) {
    let mut passed = Points::new();
    for story in [Story::Climb, Story::Breach] {
        let source = Source::start(story.value()).await;
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("points");
        let (unfaulted, ran) = run(on, story, &source, Some(&format!("log:{}", log.display()))).await;
        assert!(!ran.died, "the unfaulted run has no fault");
        unfaulted.check(story, "unfaulted");

        let mut points = Points::new();
        for name in std::fs::read_to_string(&log).expect("a build with failpoints").lines() {
            *points.entry(name.to_owned()).or_insert(0) += 1;
        }
        let kills: Vec<(String, u64)> = kills(story, &points, &passed);
        let rows: Vec<Row> = futures::stream::iter(kills)
            .map(|(point, nth)| {
                let (source, unfaulted) = (&source, &unfaulted);
                async move {
                    let at = format!("{point}:{nth}");
                    let (history, ran) = run(on, story, source, Some(&at)).await;
                    history.check(story, &at);
                    unfaulted.compare(&history, &at);
                    Row { point, nth, died: ran.died }
                }
            })
            .buffered(SIDE_BY_SIDE)
            .collect()
            .await;
        report(on, story, &points, &rows);
        passed.append(&mut points);
    }
    let missed: Vec<String> = in_the_sources().into_iter().filter(|point| !passed.contains_key(point)).collect();
    assert_eq!(missed, NEED_UNITS, "points that no run passes");
}

/// Returns at which passages of which points the server dies.
fn kills(story: Story, points: &Points, earlier: &Points) -> Vec<(String, u64)> {
    let of_point = |(point, passed): (&String, &u64)| {
        let is_new = !earlier.contains_key(point);
        let middle = (is_new && *passed >= MIDDLE).then_some(MIDDLE);
        let of_a_move = *passed <= MOVES_MAX && (story == Story::Breach || *passed > MIDDLE);
        let nths: BTreeSet<u64> =
            [is_new.then_some(1), middle, of_a_move.then_some(*passed)].into_iter().flatten().collect();
        nths.into_iter().map(|nth| (point.clone(), nth)).collect::<Vec<_>>()
    };
    points.iter().flat_map(of_point).collect()
}

/// Returns the names of all points in the sources of this workspace.
fn in_the_sources() -> BTreeSet<String> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("..")];
    let mut points = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() && !["tests", "target"].iter().any(|name| path.ends_with(name)) {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source");
                let names = text.split("pass(\"").skip(1).filter_map(|rest| rest.split_once("\")"));
                points.extend(names.map(|(name, _)| name.to_owned()).filter(|name| name.contains('.')));
            }
        }
    }
    points
}

/// Prints the table, and demands that every point was died at.
#[expect(clippy::print_stdout, reason = "the table of points is what a person wants to read of this test")]
fn report(on: On, story: Story, points: &Points, rows: &[Row]) {
    println!("\n{on:?}, {story:?}: {} kills at {} points", rows.len(), points.len());
    println!("{:<28} {:>7}  died at passage", "point", "passed");
    for (point, passed) in points {
        let died: Vec<String> =
            rows.iter().filter(|row| row.point == *point && row.died).map(|row| row.nth.to_string()).collect();
        println!("{point:<28} {passed:>7}  {}", died.join(", "));
    }
    // How often a point of an idle look is passed depends on time; its first passage does not, nor does any of a move.
    let is_sure = |row: &&Row| row.nth == 1 || OF_MOVES.contains(&row.point.as_str());
    let survived: Vec<&str> =
        rows.iter().filter(is_sure).filter(|row| !row.died).map(|row| row.point.as_str()).collect();
    assert!(survived.is_empty(), "never passed: {survived:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_minus_nine_anywhere_on_sqlite() {
    everywhere(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_minus_nine_anywhere_on_postgres() {
    everywhere(On::Postgres).await;
}
