//! Local and session storage.

use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Storage;

use crate::browser::storage::Keys;
use crate::protocol::Json;
use crate::protocol::options::Clear;
use crate::session::Slot;

fn areas() -> (Storage, Storage) {
    let window = web_sys::window().unwrap();
    (
        window.local_storage().unwrap().unwrap(),
        window.session_storage().unwrap().unwrap(),
    )
}

#[wasm_bindgen_test]
fn what_waits_is_read_as_it_was_kept_and_is_gone_when_it_is_deleted() {
    let keys = Keys::new("slots");
    for slot in [Slot::SignIn, Slot::SignOut, Slot::Left] {
        assert_eq!(keys.read(slot), None);
        let value = Json::object(vec![("state", "s".into()), ("generation", 7.into())]);
        keys.keep(slot, Some(&value));
        assert_eq!(keys.read(slot), Some(value));
    }
    keys.keep(Slot::SignIn, None);
    assert_eq!(keys.read(Slot::SignIn), None);
    assert!(keys.read(Slot::SignOut).is_some());
    keys.wipe(Clear::Own);
}

#[wasm_bindgen_test]
fn what_somebody_else_wrote_there_is_not_believed() {
    let keys = Keys::new("broken");
    let (_, session) = areas();
    session
        .set_item("nightlatch.broken.sign-in", "{ no json")
        .unwrap();
    assert_eq!(keys.read(Slot::SignIn), None);
    keys.wipe(Clear::Own);
}

#[wasm_bindgen_test]
fn two_clients_do_not_meet() {
    let (one, two) = (Keys::new("one"), Keys::new("one2"));
    one.keep(Slot::Left, Some(&1.into()));
    two.keep(Slot::Left, Some(&2.into()));
    assert_eq!(
        one.wipe(Clear::Own),
        (vec!["nightlatch.one.left".to_owned()], vec![])
    );
    assert_eq!(one.read(Slot::Left), None);
    assert_eq!(two.read(Slot::Left), Some(2.into()));
    two.wipe(Clear::Own);
}

#[wasm_bindgen_test]
fn wiping_own_leaves_the_keys_of_others_and_wiping_all_does_not() {
    let keys = Keys::new("wipe");
    let (local, session) = areas();
    local.set_item("another.library", "1").unwrap();
    session.set_item("another.library", "1").unwrap();
    keys.keep(Slot::SignIn, Some(&1.into()));
    let (removed, residue) = keys.wipe(Clear::Own);
    assert_eq!(
        (removed, residue),
        (vec!["nightlatch.wipe.sign-in".to_owned()], vec![])
    );
    assert!(local.get_item("another.library").unwrap().is_some());
    assert!(session.get_item("another.library").unwrap().is_some());
    let (removed, residue) = keys.wipe(Clear::All);
    assert_eq!(
        removed
            .iter()
            .filter(|name| *name == "another.library")
            .count(),
        2
    );
    assert!(residue.is_empty());
    assert_eq!((local.length().unwrap(), session.length().unwrap()), (0, 0));
}

#[wasm_bindgen_test]
fn the_mark_leaves_nothing_behind() {
    let keys = Keys::new("mark");
    keys.raise("1790000000000");
    let (local, _) = areas();
    assert_eq!(local.get_item(&keys.mark()).unwrap(), None);
}
