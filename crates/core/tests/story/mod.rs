//! Stories about a small contact centre, told against the pure core: no server, no store, no time but what a
//! story lets pass.

mod agents;
mod announcements;
mod assistance;
mod audit;
mod bots;
mod customers;
mod deliveries;
mod departures;
mod given;
mod hold;
mod hours;
mod identities;
mod interruption;
mod invariants;
mod kept;
mod lens;
mod linking;
mod merging;
mod outbound;
mod properties;
mod pull;
mod rehearsals;
mod reports;
mod requests;
mod response;
mod restarts;
mod routing;
mod script;
mod second_factor;
mod stage;
mod supervision;
mod tasks;
mod voice;
mod wrapup;
