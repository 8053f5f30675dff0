-- Events of an application whose log is durable are in the live log too, under the application's id.

alter table applications add column durable integer not null default 0 check (durable in (0, 1));
