"""A claim as one statement: what it reads, holds and writes goes to the database and back once.

`demands_claim` is called by demands.services.claims alone. It decides under the demand's lock, and what may never
happen rests on the conditional UPDATE and the CHECK of the items. It refuses by its `outcome`, having changed nothing,
so that the caller needs no savepoint. `demands_status_of_items` is the one place of the rule how far a demand is.
"""

from django.db import migrations

STATUS = """
CREATE FUNCTION demands_status_of_items(p_demand bigint, p_day date) RETURNS text LANGUAGE sql STABLE AS $$
    -- While something can still be claimed, that comes first; once the last day for claims has passed, what nobody
    -- claimed no longer counts.
    SELECT CASE
        WHEN coalesce(bool_and(i.claimed = 0), true) THEN 'published'
        WHEN bool_or(i.claimed < i.quantity) AND coalesce(d.valid_until >= p_day, true) THEN 'claimed_in_part'
        WHEN bool_and(i.accepted = i.claimed) THEN 'accepted'
        WHEN bool_or(i.delivered > 0) THEN 'delivering'
        WHEN bool_or(i.claimed < i.quantity) THEN 'claimed_in_part'
        ELSE 'claimed'
    END
    FROM demands_demand d LEFT JOIN demands_demanditem i ON i.demand_id = d.id
    WHERE d.id = p_demand GROUP BY d.id
$$;
"""

CLAIM = """
CREATE FUNCTION demands_claim(
    p_demand bigint, p_organization bigint, p_items bigint[], p_quantities numeric[], p_allowed boolean,
    p_plan text, p_from date, p_by date, p_contact text, p_ends timestamptz, p_at timestamptz, p_day date,
    p_number text, p_person bigint, p_role text, p_request text, p_kinds integer[], p_open text[], p_unfinished text[],
    OUT outcome text, OUT made bigint, OUT number text, OUT lines bigint[], OUT demand_status text,
    OUT demand_version integer, OUT short jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    held bigint[];
    day date;
    settled text;
BEGIN
    SELECT d.status, d.version, d.valid_until INTO demand_status, demand_version, day
        FROM demands_demand d WHERE d.id = p_demand FOR NO KEY UPDATE;
    IF demand_status <> ALL (p_open) THEN outcome := 'not_claimable'; RETURN; END IF;
    IF day < p_day THEN outcome := 'over'; RETURN; END IF;
    IF NOT p_allowed THEN outcome := 'not_allowed'; RETURN; END IF;
    IF EXISTS (SELECT FROM demands_claim c WHERE c.demand_id = p_demand AND c.organization_id = p_organization
               AND c.status = ANY (p_unfinished)) THEN
        outcome := 'already_claimed'; RETURN;
    END IF;

    -- The guard: each quantity is added only where that much is left. All or nothing.
    WITH held_now AS (
        UPDATE demands_demanditem i SET claimed = i.claimed + w.quantity
        FROM unnest(p_items, p_quantities) AS w(item, quantity)
        WHERE i.id = w.item AND i.demand_id = p_demand AND i.claimed + w.quantity <= i.quantity RETURNING i.id)
    SELECT coalesce(array_agg(h.id), '{}') INTO held FROM held_now h;
    IF cardinality(held) < cardinality(p_items) THEN
        UPDATE demands_demanditem i SET claimed = i.claimed - w.quantity
        FROM unnest(p_items, p_quantities) AS w(item, quantity) WHERE i.id = w.item AND i.id = ANY (held);
        SELECT jsonb_object_agg(i.id, (i.quantity - i.claimed)::text) INTO short
            FROM demands_demanditem i WHERE i.id = ANY (p_items) AND i.id <> ALL (held);
        outcome := 'not_enough'; RETURN;
    END IF;

    number := nextval('reference_rl');
    number := p_number || lpad(number, greatest(6, length(number)), '0');
    INSERT INTO demands_claim (reference, demand_id, organization_id, plan, deliver_from, deliver_by, contact, status,
                               expires_at, extensions, version, created_at, updated_at, created_by_id)
        VALUES (number, p_demand, p_organization, p_plan, p_from, p_by, p_contact, 'submitted',
                p_ends, 0, 1, p_at, p_at, p_person) RETURNING demands_claim.id INTO made;
    WITH written AS (
        INSERT INTO demands_claimline (claim_id, item_id, quantity, asked, delivered, accepted)
        SELECT made, w.item, w.quantity, w.quantity, 0, 0
        FROM unnest(p_items, p_quantities) AS w(item, quantity) RETURNING demands_claimline.id)
    SELECT array_agg(m.id ORDER BY m.id) INTO lines FROM written m;

    -- As core.states writes them: the claim's beginning, and the demand's step if its status changes.
    INSERT INTO core_statuschange (content_type_id, object_id, old, new, by_id, role, at, note, changes, request_id)
        VALUES (p_kinds[1], made, '', 'submitted', p_person, p_role, p_at, '', '{}', p_request);
    settled := demands_status_of_items(p_demand, p_day);
    IF settled <> demand_status THEN
        INSERT INTO core_statuschange (content_type_id, object_id, old, new, by_id, role, at, note, changes, request_id)
            VALUES (p_kinds[2], p_demand, demand_status, settled, p_person, p_role, p_at, number, '{}', p_request);
        UPDATE demands_demand d SET status = settled, version = d.version + 1, updated_at = p_at
            WHERE d.id = p_demand RETURNING d.status, d.version INTO demand_status, demand_version;
    END IF;
    outcome := 'claimed';
END $$;
"""

BACK = """
DROP FUNCTION demands_claim(bigint, bigint, bigint[], numeric[], boolean, text, date, date, text, timestamptz,
    timestamptz, date, text, bigint, text, text, integer[], text[], text[]);
DROP FUNCTION demands_status_of_items(bigint, date);
"""


class Migration(migrations.Migration):
    dependencies = [("demands", "0007_evidence_and_catalogue"), ("core", "0003_outbox_by_kind")]
    operations = [migrations.RunSQL(STATUS + CLAIM, BACK)]
