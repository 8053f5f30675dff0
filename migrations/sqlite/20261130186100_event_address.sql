-- Where one takes part in an event that is online: for its ticket holders and staff only, and only around its time.
alter table events add column address text not null default '' check (address = '' or (address like 'https://%' and place = 'virtual'));
