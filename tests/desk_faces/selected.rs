//! What is selected on a screen reaches the broker: once, and again only when it is something else.

use hoga::broker::api::{BrokerEvent, Connection};
use hoga::desk::protocol::{Command, Response, Topic};

use crate::desk::{Desk, Face};

/// What a screen follows: the quotes of all it shows, book and prints of the selected one.
fn show(face: &mut Face, selected: &str) {
    face.follow(Topic::Quote, &["000001", "000002", "000003", selected]);
    face.follow(Topic::Book, &[selected]);
    face.follow(Topic::Trades, &[selected]);
}

fn selections(desk: &Desk) -> Vec<Vec<String>> {
    desk.stage.selections()
}

#[test]
fn what_is_selected_reaches_the_broker_once_and_again_only_on_change() {
    let desk = Desk::start();
    let mut screen = desk.screen("pts/1");
    show(&mut screen, "000002");
    show(&mut screen, "000002");
    screen.follow(Topic::Quote, &["000004"]);
    screen.ask(Command::Status);
    assert_eq!(selections(&desk), [["000002"]], "the quotes of a list are no selection");
    show(&mut screen, "000003");
    screen.ask(Command::Status);
    assert_eq!(selections(&desk), [["000002"], ["000003"]]);
}

#[test]
fn a_closed_face_takes_its_selection_away_and_several_screens_add_up() {
    let desk = Desk::start();
    let (mut one, mut two) = (desk.screen("pts/1"), desk.screen("pts/2"));
    show(&mut one, "000001");
    show(&mut two, "000001");
    two.ask(Command::Status);
    assert_eq!(selections(&desk), [["000001"]], "the same on both is the same");
    show(&mut two, "000002");
    two.ask(Command::Status);
    assert_eq!(selections(&desk).last().unwrap(), &["000001", "000002"]);
    drop(two);
    let left = one.until("the end of the other screen", Command::Status, |_| {
        Some(selections(&desk)).filter(|told| told.len() == 3)
    });
    assert_eq!(left[2], ["000001"]);
    one.follow(Topic::Book, &[]);
    one.ask(Command::Status);
    assert_eq!(selections(&desk).last().unwrap(), &[""; 0], "nothing is selected any more");
}

#[test]
fn what_commands_and_programs_follow_is_no_selection() {
    let desk = Desk::start();
    let mut program = desk.face("cli 4711");
    program.follow(Topic::Book, &["000001", "000002", "000003"]);
    let symbols = vec!["000004".to_owned()];
    assert!(matches!(program.ask(Command::Subscribe { topic: Topic::Book, symbols }), Response::Done));
    program.ask(Command::Book { symbol: "000001".into(), levels: 5 });
    drop(program);
    desk.face("cli 4712").ask(Command::Status);
    assert_eq!(selections(&desk), Vec::<Vec<String>>::new());
}

#[test]
fn a_broker_that_was_away_is_told_anew_and_what_changed_meanwhile() {
    let desk = Desk::start();
    let mut screen = desk.screen("pts/1");
    show(&mut screen, "000001");
    let up = |desk: &Desk| desk.stage.tell(BrokerEvent::Connection(Connection::Up));
    let down = |desk: &Desk, screen: &mut Face| {
        desk.stage.tell(BrokerEvent::Connection(Connection::Down { reason: "lost".into(), retry_at: None }));
        screen.until("the connection is lost", Command::Status, |answer| match answer {
            Response::Status(status) => {
                status.profiles.iter().any(|one| one.connection.starts_with("down")).then_some(())
            }
            _ => None,
        });
    };
    let told = |desk: &Desk, screen: &mut Face, count: usize| {
        screen.until("it is told", Command::Status, |_| Some(selections(desk)).filter(|told| told.len() == count))
    };
    down(&desk, &mut screen);
    up(&desk);
    assert_eq!(told(&desk, &mut screen, 2), [["000001"], ["000001"]]);
    down(&desk, &mut screen);
    show(&mut screen, "000002");
    screen.ask(Command::Status);
    assert_eq!(selections(&desk).len(), 2, "nobody is there to be told");
    up(&desk);
    assert_eq!(told(&desk, &mut screen, 3)[2], ["000002"]);
}
