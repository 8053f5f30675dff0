//! Rules of the SQL text: names of migrations.

mod migrations;
