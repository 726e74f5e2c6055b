//! The plain keys of `[profiles.NAME]`, and which of them fit together.

use toml::de::DeTable;

use super::address::Address;
use super::binance;
use super::profile::{BrokerName, Masked, Profile, World};
use super::setting::{Rules, setting_table};
use crate::order::ProfileName;

/// `[profiles.NAME]` before it is known to be whole.
#[derive(Debug, Default)]
pub(super) struct ProfileKeys {
    pub broker: Option<BrokerName>,
    pub world: Option<World>,
    pub account: Option<Masked>,
    pub hts_id: Option<Masked>,
    pub quotes: Option<ProfileName>,
    pub rest_url: Option<Address>,
    pub ws_url: Option<Address>,
}

setting_table!(ProfileKeys {
    broker: Option<BrokerName>,
    world: Option<World>,
    account: Option<Masked>,
    hts_id: Option<Masked>,
    quotes: Option<ProfileName>,
    rest_url: Option<Address>,
    ws_url: Option<Address>,
});

impl Rules for ProfileKeys {
    fn broken(&self) -> Vec<(&'static str, String)> {
        let mut broken = Vec::new();
        if self.rest_url.as_ref().is_some_and(Address::is_websocket) {
            broken.push(("rest_url", "an address for requests begins with http:// or https://".into()));
        }
        if self.ws_url.as_ref().is_some_and(|url| !url.is_websocket()) {
            broken.push(("ws_url", "an address for streams begins with ws:// or wss://".into()));
        }
        broken
    }
}

/// Keys of a profile that do not fit its broker and world, each with the reason. `written` is its table in the file.
pub(super) fn misfits(profile: &Profile, written: &DeTable<'_>) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    wrong_world(profile, &mut found);
    unread(profile, written, &mut found);
    account(profile, &mut found);
    if profile.broker != BrokerName::Ocx {
        addresses(profile, &mut found);
    }
    found
}

type Found = Vec<(&'static str, String)>;

fn wrong_world(profile: &Profile, found: &mut Found) {
    if profile.broker.is_built_in() && profile.world != World::Virtual {
        let reason = match profile.broker {
            BrokerName::Sim => "the simulated exchange has only hoga's own virtual cash",
            _ => "a recorded market takes no orders, so they are filled against virtual cash",
        };
        found.push(("world", format!("{reason}: \"{}\" is not possible; write \"virtual\"", profile.world.as_str())));
    }
}

/// A key that nothing would read is as wrong as a typo: its writer believes it does something.
fn unread(profile: &Profile, written: &DeTable<'_>, found: &mut Found) {
    let broker = profile.broker;
    let mut only = |keys: &[&'static str], read: bool, reason: &str| {
        if !read {
            found.extend(keys.iter().filter(|key| written.contains_key(**key)).map(|key| (*key, reason.to_owned())));
        }
    };
    let name = broker.as_str();
    only(
        &["sim"],
        broker == BrokerName::Sim,
        &format!("only a profile with broker = \"sim\" reads it, not \"{name}\""),
    );
    only(
        &["replay"],
        broker == BrokerName::Replay,
        &format!("only a profile with broker = \"replay\" reads it, not \"{name}\""),
    );
    only(
        &["binance"],
        broker == BrokerName::Binance,
        &format!("only a profile with broker = \"binance\" reads it, not \"{name}\""),
    );
    only(&["hts_id"], broker == BrokerName::Kis, "only a profile with broker = \"kis\" reads it");
    only(
        &["quotes"],
        broker == BrokerName::Kis && profile.world == World::Paper,
        "only a profile with broker = \"kis\" and world = \"paper\" reads it: the live worlds have every quote",
    );
    only(
        &["account", "rest_url", "ws_url", "urls"],
        !broker.is_built_in(),
        &format!("broker = \"{name}\" lives inside hoga and has no account and no address"),
    );
    only(
        &["initial_cash"],
        profile.world == World::Virtual,
        "only a virtual world starts with cash of its own; here the broker says how much there is",
    );
}

fn account(profile: &Profile, found: &mut Found) {
    if profile.broker != BrokerName::Kis {
        return;
    }
    let shape = "KIS accounts are 8 digits, a hyphen and 2 digits: \"12345678-01\"";
    match &profile.account {
        None if profile.world != World::Virtual => found.push(("account", shape.into())),
        Some(account) if !is_kis_account(account.reveal()) => found.push(("account", shape.into())),
        _ => {}
    }
}

fn is_kis_account(text: &str) -> bool {
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    text.split_once('-').is_some_and(|(number, product)| digits(number, 8) && digits(product, 2))
}

fn addresses(profile: &Profile, found: &mut Found) {
    if profile.broker == BrokerName::Binance {
        let unknown = profile.urls.keys().filter(|route| !binance::ROUTES.contains(&route.as_str()));
        let routes = binance::ROUTES.join(", ");
        found.extend(unknown.map(|route| ("urls", format!("Binance has no route '{route}'; its routes are {routes}"))));
    }
    let routes = profile.urls.values().map(|url| ("urls", url));
    let own = [("rest_url", &profile.rest_url), ("ws_url", &profile.ws_url)];
    let all = own.into_iter().filter_map(|(key, url)| url.as_ref().map(|url| (key, url))).chain(routes);
    for (key, url) in all {
        let known = url.known_world();
        if profile.world != World::Virtual && known.is_some_and(|known| known != profile.world) {
            let (here, there) = (profile.world.as_str(), known.map_or("", World::as_str));
            found.push((key, format!("{url} is the broker's {there} world, and this profile is {here}")));
        } else if url.is_readable_by_others() && !(url.is_websocket() && known.is_some()) {
            let reason = format!("keys and orders sent to {url} could be read on the way; use https:// or wss://");
            found.push((key, format!("{reason} (this machine's own 127.0.0.1 is excepted)")));
        }
    }
}
