"""The claim's statement with as little as possible between the demand's lock and the commit.

What is plain to see is refused without a lock. The claim and its lines are written before it and taken away again if
the demand has closed or run short meanwhile; then come the lock, the guard and the history, whose rows are never
deleted. An organization's second claim meets the unique index `claim_one_live_per_organization`, whose statuses stand
here literally so that it is found. The plans are made once: with arrays among the values they would be made anew each
time, which took longer than everything else.
"""

import importlib

from django.db import migrations

BEFORE = importlib.import_module("demands.migrations.0008_claim_in_one_statement").CLAIM

DROP_BEFORE = """
DROP FUNCTION demands_claim(bigint, bigint, bigint[], numeric[], boolean, text, date, date, text, timestamptz,
    timestamptz, date, text, bigint, text, text, integer[], text[], text[]);
"""

CLAIM = """
CREATE FUNCTION demands_claim(
    p_demand bigint, p_organization bigint, p_items bigint[], p_quantities numeric[], p_allowed boolean,
    p_plan text, p_from date, p_by date, p_contact text, p_ends timestamptz, p_at timestamptz, p_day date,
    p_number text, p_person bigint, p_role text, p_request text, p_kinds integer[], p_open text[],
    OUT outcome text, OUT made bigint, OUT number text, OUT lines bigint[], OUT demand_status text,
    OUT demand_version integer, OUT short jsonb
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    last_day date;
    has_claim boolean;
    held bigint[];
    is_left boolean;
    settled text;
BEGIN
    SELECT d.status, d.version, d.valid_until, s.short, CASE WHEN s.short IS NOT NULL THEN EXISTS (
            SELECT FROM demands_claim c WHERE c.demand_id = p_demand AND c.organization_id = p_organization
            AND c.status IN ('submitted', 'approved', 'agreed', 'delivering', 'delivered', 'accepted')) END
        INTO demand_status, demand_version, last_day, short, has_claim
        FROM demands_demand d, LATERAL (
            SELECT jsonb_object_agg(i.id, (i.quantity - i.claimed)::text) AS short FROM demands_demanditem i
            WHERE i.id = ANY (p_items) AND i.claimed + p_quantities[array_position(p_items, i.id)] > i.quantity) s
        WHERE d.id = p_demand;
    outcome := CASE WHEN demand_status <> ALL (p_open) THEN 'not_claimable' WHEN last_day < p_day THEN 'over'
        WHEN NOT p_allowed THEN 'not_allowed' WHEN has_claim THEN 'already_claimed' WHEN short IS NOT NULL THEN 'not_enough' END;
    IF outcome IS NOT NULL THEN RETURN; END IF;

    number := nextval('reference_rl');
    number := p_number || lpad(number, greatest(6, length(number)), '0');
    INSERT INTO demands_claim (reference, demand_id, organization_id, plan, deliver_from, deliver_by, contact, status,
                               expires_at, extensions, version, created_at, updated_at, created_by_id)
        VALUES (number, p_demand, p_organization, p_plan, p_from, p_by, p_contact, 'submitted',
                p_ends, 0, 1, p_at, p_at, p_person)
        ON CONFLICT (demand_id, organization_id)
            WHERE status IN ('submitted', 'approved', 'agreed', 'delivering', 'delivered', 'accepted') DO NOTHING
        RETURNING id INTO made;
    IF made IS NULL THEN outcome := 'already_claimed'; RETURN; END IF;
    WITH written AS (
        INSERT INTO demands_claimline (claim_id, item_id, quantity, asked, delivered, accepted)
        SELECT made, w.item, w.quantity, w.quantity, 0, 0
        FROM unnest(p_items, p_quantities) AS w(item, quantity) RETURNING demands_claimline.id)
    SELECT array_agg(m.id ORDER BY m.id) INTO lines FROM written m;

    SELECT d.status, d.version, d.valid_until INTO demand_status, demand_version, last_day
        FROM demands_demand d WHERE d.id = p_demand FOR NO KEY UPDATE;
    outcome := CASE WHEN demand_status <> ALL (p_open) THEN 'not_claimable' WHEN last_day < p_day THEN 'over' END;
    IF outcome IS NULL THEN
        WITH held_now AS (
            UPDATE demands_demanditem i SET claimed = i.claimed + p_quantities[array_position(p_items, i.id)]
            WHERE i.id = ANY (p_items) AND i.demand_id = p_demand
            AND i.claimed + p_quantities[array_position(p_items, i.id)] <= i.quantity
            RETURNING i.id, i.claimed < i.quantity AS is_left)
        SELECT coalesce(array_agg(h.id), '{}'), bool_or(h.is_left) INTO held, is_left FROM held_now h;
        IF cardinality(held) < cardinality(p_items) THEN
            UPDATE demands_demanditem i SET claimed = i.claimed - w.quantity
            FROM unnest(p_items, p_quantities) AS w(item, quantity) WHERE i.id = w.item AND i.id = ANY (held);
            SELECT jsonb_object_agg(i.id, (i.quantity - i.claimed)::text) INTO short
                FROM demands_demanditem i WHERE i.id = ANY (p_items) AND i.id <> ALL (held);
            outcome := 'not_enough';
        END IF;
    END IF;
    IF outcome IS NOT NULL THEN
        DELETE FROM demands_claimline l WHERE l.claim_id = made;
        DELETE FROM demands_claim c WHERE c.id = made;
        made := NULL; number := NULL; lines := NULL;
        RETURN;
    END IF;

    INSERT INTO core_statuschange (content_type_id, object_id, old, new, by_id, role, at, note, changes, request_id)
        VALUES (p_kinds[1], made, '', 'submitted', p_person, p_role, p_at, '', '{}', p_request);
    -- While some of it is left of a demand claimed in part, its status stays as it is.
    IF NOT (demand_status = 'claimed_in_part' AND is_left) THEN
        settled := demands_status_of_items(p_demand, p_day);
        IF settled <> demand_status THEN
            INSERT INTO core_statuschange (content_type_id, object_id, old, new, by_id, role, at, note, changes, request_id)
                VALUES (p_kinds[2], p_demand, demand_status, settled, p_person, p_role, p_at, number, '{}', p_request);
            UPDATE demands_demand d SET status = settled, version = d.version + 1, updated_at = p_at
                WHERE d.id = p_demand RETURNING d.status, d.version INTO demand_status, demand_version;
        END IF;
    END IF;
    outcome := 'claimed';
END $$;
"""

DROP = """
DROP FUNCTION demands_claim(bigint, bigint, bigint[], numeric[], boolean, text, date, date, text, timestamptz,
    timestamptz, date, text, bigint, text, text, integer[], text[]);
"""


class Migration(migrations.Migration):
    dependencies = [("demands", "0009_claim_ended_in_part")]
    operations = [migrations.RunSQL(DROP_BEFORE + CLAIM, DROP + BEFORE)]
