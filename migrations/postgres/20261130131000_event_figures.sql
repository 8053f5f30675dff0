-- What was sold of an event and who is expected, counted as it changes: a payment or a scan at a door costs the same however much was
-- sold before it (I33). Triggers count, because orders, lines and tickets change in more than one place.
alter table events add column sales_orders bigint not null default 0;    -- orders that were paid
alter table events add column sales_paid bigint not null default 0;      -- minor units, of these
alter table events add column sales_refunded bigint not null default 0;  -- minor units, of these
alter table events add column guests_expected bigint not null default 0; -- tickets that are valid or used
alter table events add column guests_admitted bigint not null default 0; -- tickets that are used
alter table ticket_types add column sales_revenue bigint not null default 0; -- minor units, of lines that are sold

update events set
    sales_orders = (select count(*) from orders o where o.event_id = events.id and o.paid_at is not null),
    sales_paid = coalesce((select sum(o.subtotal - o.discount) from orders o where o.event_id = events.id and o.paid_at is not null), 0),
    sales_refunded = coalesce((select sum(o.refunded) from orders o where o.event_id = events.id and o.paid_at is not null), 0),
    guests_expected = (select count(*) from tickets t where t.event_id = events.id and t.state in ('valid', 'used')),
    guests_admitted = (select count(*) from tickets t where t.event_id = events.id and t.state = 'used');
update ticket_types set
    sales_revenue = coalesce((select sum(l.price - l.discount) from order_lines l where l.ticket_type_id = ticket_types.id and l.state = 'sold'), 0);

create function orders_counted() returns trigger language plpgsql as $$
begin
    update events set sales_orders = sales_orders + 1, sales_paid = sales_paid + new.subtotal - new.discount,
        sales_refunded = sales_refunded + new.refunded where id = new.event_id;
    return null;
end;
$$;
create trigger orders_counted after insert on orders for each row when (new.paid_at is not null) execute function orders_counted();
create function orders_recounted() returns trigger language plpgsql as $$
begin
    update events set
        sales_orders = sales_orders + case when new.paid_at is null then 0 else 1 end - case when old.paid_at is null then 0 else 1 end,
        sales_paid = sales_paid + case when new.paid_at is null then 0 else new.subtotal - new.discount end
            - case when old.paid_at is null then 0 else old.subtotal - old.discount end,
        sales_refunded = sales_refunded + case when new.paid_at is null then 0 else new.refunded end
            - case when old.paid_at is null then 0 else old.refunded end
    where id = new.event_id;
    return null;
end;
$$;
create trigger orders_recounted after update of paid_at, subtotal, discount, refunded on orders for each row
when (old.paid_at is not null or new.paid_at is not null) execute function orders_recounted();

create function order_lines_counted() returns trigger language plpgsql as $$
begin
    update ticket_types set sales_revenue = sales_revenue + new.price - new.discount where id = new.ticket_type_id;
    return null;
end;
$$;
create trigger order_lines_counted after insert on order_lines for each row when (new.state = 'sold') execute function order_lines_counted();
create function order_lines_recounted() returns trigger language plpgsql as $$
begin
    update ticket_types set sales_revenue = sales_revenue - (old.price - old.discount) where id = old.ticket_type_id and old.state = 'sold';
    update ticket_types set sales_revenue = sales_revenue + new.price - new.discount where id = new.ticket_type_id and new.state = 'sold';
    return null;
end;
$$;
create trigger order_lines_recounted after update of state, price, discount, ticket_type_id on order_lines for each row
when (old.state = 'sold' or new.state = 'sold') execute function order_lines_recounted();

create function tickets_counted() returns trigger language plpgsql as $$
begin
    update events set guests_expected = guests_expected + 1, guests_admitted = guests_admitted + case when new.state = 'used' then 1 else 0 end
    where id = new.event_id;
    return null;
end;
$$;
create trigger tickets_counted after insert on tickets for each row when (new.state in ('valid', 'used')) execute function tickets_counted();
create function tickets_recounted() returns trigger language plpgsql as $$
begin
    update events set
        guests_expected = guests_expected + case when new.state = 'void' then 0 else 1 end - case when old.state = 'void' then 0 else 1 end,
        guests_admitted = guests_admitted + case when new.state = 'used' then 1 else 0 end - case when old.state = 'used' then 1 else 0 end
    where id = new.event_id;
    return null;
end;
$$;
create trigger tickets_recounted after update of state on tickets for each row when (old.state <> new.state) execute function tickets_recounted();
