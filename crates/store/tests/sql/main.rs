//! Rules of the SQL text: names of migrations, and no words of one database's own outside the files that are meant for them.

mod dialects;
mod migrations;
mod sources;
