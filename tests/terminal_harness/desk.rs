//! The fake desk, asked by the command line and by a face of the library, and a real one behind a terminal.

use std::path::Path;
use std::time::Duration;

use hoga::desk::client::{Caller, Client};
use hoga::desk::protocol::{Command, Response, Topic, Update};
use hoga::order::Source;

use crate::terminal::allow_list::unexpected_sequences;
use crate::terminal::fake_desk::hostile::ATTACKS;
use crate::terminal::fake_desk::{FakeDesk, Faults, Feed, Market};
use crate::terminal::{Terminal, WAIT};

const HOGA: &str = env!("CARGO_BIN_EXE_hoga");

fn face(desk: &FakeDesk) -> Client {
    let caller = Caller { name: "test".to_owned(), source: Source::Screen, profile: None };
    Client::connect(&[desk.folder().join("desk.sock")], &caller).unwrap()
}

fn hoga(desk: &FakeDesk, arguments: &[&str]) -> Terminal {
    Terminal::start_in(desk.folder(), 30, 100, Path::new(HOGA), arguments, &[])
}

#[test]
fn the_command_line_takes_it_for_a_desk() {
    let desk = FakeDesk::start(Market::korean(8));
    for (command, shown) in [
        ("quote 005930 --lang ko", "삼성전자"),
        ("book 005930", "71000"),
        ("candles 005930", ""),
        ("session", ""),
        ("positions", "005930"),
        ("balance", "100000000"),
        ("watch list", "005930"),
        ("risk show", "max_order_amount"),
        ("desk status", "sim"),
    ] {
        let arguments: Vec<&str> = command.split(' ').collect();
        let terminal = hoga(&desk, &arguments);
        let exit = terminal.wait_exit();
        assert_eq!(exit.status, Some(0), "hoga {command}\n{}", terminal.text());
        let said = terminal.text().replace(',', "");
        assert!(said.contains(shown), "hoga {command}\n{}", terminal.text());
    }
    assert_eq!(desk.actions(), 0);
}

#[test]
fn orders_are_counted_shown_and_canceled() {
    let desk = FakeDesk::start(Market::korean(8));
    let order = hoga(&desk, &["order", "buy", "005930", "10@70000", "--yes"]);
    assert_eq!(order.wait_exit().status, Some(0), "{}", order.text());
    // The program may have ended with its answer before the desk has written down what it was asked.
    let submitted = |asked: &[Command]| asked.iter().any(|command| matches!(command, Command::Submit(_)));
    assert!(desk.was_asked(WAIT, submitted));
    let orders = desk.orders();
    assert_eq!((orders.len(), orders[0].symbol.as_str()), (1, "005930"));
    let mut face = face(&desk);
    let open = |face: &mut Client| match face.request(Command::Status).unwrap() {
        Response::Status(status) => status.profiles[0].open_orders,
        other => panic!("{other:?}"),
    };
    assert_eq!(open(&mut face), 1);
    let cancel = hoga(&desk, &["order", "cancel", "--all", "--yes"]);
    assert_eq!(cancel.wait_exit().status, Some(0), "{}", cancel.text());
    assert!(desk.was_asked(WAIT, |asked| asked.iter().any(|command| matches!(command, Command::Cancel(_)))));
    assert_eq!((open(&mut face), desk.actions()), (0, 2));
}

#[test]
fn a_feed_counts_in_the_last_price_and_knows_when_each_was_written() {
    let desk = FakeDesk::start(Market::korean(3).counting_from(1_000_000));
    let mut face = face(&desk);
    let follow = |topic| Command::Follow { topic, symbols: vec!["SIM:005930".to_owned()] };
    for topic in [Topic::Quote, Topic::Trades] {
        face.request(follow(topic)).unwrap();
    }
    assert!(desk.is_followed(Topic::Quote, "005930", WAIT) && !desk.is_followed(Topic::Book, "005930", Duration::ZERO));
    let mut run = desk.feed(Feed { rate: 2_000, updates: 200, burst: 1, prints: true, books: true, others: true });
    let (mut prints, mut last) = (0, 0);
    while last < 1_000_200 {
        match face.next_update(Some(WAIT)).unwrap().expect("the feed stopped") {
            Update::Trade(_) => prints += 1,
            Update::Quote(quote) => {
                let price: i64 = quote.last.unwrap().to_string().parse().unwrap();
                assert!(price > last, "{price} after {last}");
                last = price;
            }
            other => panic!("not asked for: {other:?}"),
        }
    }
    run.finish();
    let written = run.written();
    assert_eq!((prints, written.len()), (200, 200), "a print was lost");
    assert!(written.is_sorted());
    assert_eq!(desk.price_after(200), 1_000_200);
}

#[test]
fn faults_are_what_they_say() {
    let desk = FakeDesk::start(Market::korean(3));
    desk.set_faults(Faults {
        refuses: Some(|command| {
            matches!(command, Command::Pnl).then(|| crate::terminal::fake_desk::refusal("APBK0013", "장 종료"))
        }),
        ..Faults::default()
    });
    let refused = hoga(&desk, &["pnl"]);
    assert_eq!(refused.wait_exit().status, Some(5), "{}", refused.text());
    desk.set_faults(Faults { drops: Some(|command| matches!(command, Command::Positions)), ..Faults::default() });
    let silent = hoga(&desk, &["positions"]);
    assert!(desk.was_asked(WAIT, |asked| asked.iter().any(|one| matches!(one, Command::Positions))));
    assert_eq!(silent.exit(), None, "it did not wait for its answer");
    desk.hang_up();
    assert_eq!(silent.wait_exit().status, Some(8), "{}", silent.text());
}

#[test]
fn hostile_text_is_in_every_answer_and_no_escape_of_it_reaches_the_terminal() {
    let desk = FakeDesk::start(Market::korean(3));
    desk.set_faults(Faults { hostile: Some(ATTACKS.concat()), ..Faults::default() });
    let Response::Quotes(quotes) = face(&desk).request(Command::Quote { symbols: vec!["005930".to_owned()] }).unwrap()
    else {
        panic!("no quotes")
    };
    assert!(quotes[0].name_ko.ends_with(&ATTACKS.concat()));
    let terminal = hoga(&desk, &["quote", "005930", "--lang", "ko"]);
    terminal.wait_exit();
    assert!(terminal.text().contains("005930"), "{}", terminal.text());
    // Characters without width are another matter: the command line drops controls only.
    let escapes: Vec<String> =
        unexpected_sequences(&terminal.bytes()).into_iter().filter(|one| !one.starts_with("U+")).collect();
    assert_eq!(escapes, Vec::<String>::new());
}

#[test]
fn a_real_desk_ends_with_the_terminal_that_started_it() {
    let terminal = Terminal::start(30, 100, Path::new(HOGA), &["book", "005930"], &[]);
    assert_eq!(terminal.wait_exit().status, Some(0), "{}", terminal.text());
    let pid: i32 = std::fs::read_to_string(terminal.folder().join("desk.pid")).unwrap().trim().parse().unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    assert!(rustix::process::test_kill_process(pid).is_ok());
    drop(terminal);
    assert!(rustix::process::test_kill_process(pid).is_err(), "the desk still runs");
}
