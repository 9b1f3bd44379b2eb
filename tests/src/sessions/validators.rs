//! `ETag` and `If-None-Match` of lists and of a conversation.

use super::{House, days_ago, next, user_id};
use crate::testkit::{Client, client, client::Answer};
use reqwest::Method;

async fn get_unless(client: &Client, path: &str, tag: &str) -> Answer {
    let request = client.request(Method::GET, path).header("if-none-match", tag);
    client::answer(request.send().await.unwrap()).await
}

fn tag(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    answer.headers["etag"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_list_that_has_not_changed_is_not_sent_again() {
    let house = House::open().await;
    let (child, parent) = (house.client(client::CHILD).await, house.client(client::PARENT).await);
    for day in 1..=3 {
        house.session(&child, "lion_001", "Hello", &days_ago(day, 0)).await;
    }
    let path = format!("/conversations/sessions?limit=2&userId={}", user_id(&child).await);
    let (first, again) = (parent.get(&path).await, parent.get(&path).await);
    assert_ne!(next(&first), next(&again), "a cursor is sealed anew");
    assert_eq!(tag(&first), tag(&again));
    assert!(tag(&first).starts_with('"'), "a strong one");
    assert_eq!(first.headers["cache-control"], "private, no-cache");
    let vary: Vec<_> = first.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
    assert!(vary.join(",").to_lowercase().contains("authorization"), "{vary:?}");

    let unchanged = get_unless(&parent, &path, &format!("\"other\", {}", tag(&first))).await;
    assert_eq!((unchanged.status.as_u16(), unchanged.body.as_str()), (304, Some("")));
    assert_eq!(unchanged.headers["etag"].to_str().unwrap(), tag(&first));
    assert_eq!(unchanged.headers["cache-control"], "private, no-cache");
    let behind = format!("{path}&nextToken={}", next(&first).unwrap());
    let second = parent.get(&behind).await;
    assert_eq!(get_unless(&parent, &behind, &tag(&second)).await.status, 304);

    // Another caller, another query, another answer.
    assert_ne!(tag(&child.get(&path).await), tag(&first));
    let others = ["/conversations/sessions?limit=2", "/conversations/sessions?limit=2&animalId=lion_001"];
    let [all, lions] = [parent.get(others[0]).await, parent.get(others[1]).await].map(|answer| tag(&answer));
    assert!(all != lions && all != tag(&first) && lions != tag(&first));
    child.ask("Something new").await;
    let changed = get_unless(&parent, &path, &tag(&first)).await;
    assert_ne!(tag(&changed), tag(&first));
}

#[tokio::test]
async fn a_conversation_has_a_validator_of_its_reader_and_is_kept_by_no_browser() {
    let house = House::open().await;
    let (child, parent) = (house.client(client::CHILD).await, house.client(client::PARENT).await);
    let session = child.ask("Hello").await.text("sessionId").to_owned();
    child.ask_in(&session, "Hello again").await;
    let path = format!("/conversations/history/{session}?limit=1");
    let (first, again) = (child.get(&path).await, child.get(&path).await);
    assert_ne!(next(&first), next(&again), "a cursor is sealed anew");
    assert_eq!(tag(&first), tag(&again));
    assert_eq!(first.headers["cache-control"], "no-store");
    let unchanged = get_unless(&child, &path, &tag(&first)).await;
    assert_eq!((unchanged.status.as_u16(), unchanged.body.as_str()), (304, Some("")));
    assert_ne!(tag(&parent.get(&path).await), tag(&first));
    child.ask_in(&session, "More").await;
    assert_eq!(get_unless(&child, &path, &tag(&first)).await.status, 200, "its statistics changed");
    house.client(client::SIBLING).await.get(&path).await.is_problem(403, "forbidden");
}
