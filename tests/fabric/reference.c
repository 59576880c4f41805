/* SPDX-License-Identifier: Apache-2.0 */
/* reference.c - state of the reference, and what can be seen of it. */
#include "reference_private.h"

#include <string.h>

#define MIB_256 (UINT64_C(256) << 20)

static uint64_t round_up(uint64_t value, uint64_t unit)
{
    return (value + unit - 1) / unit * unit;
}

static uint64_t smallest_block(const struct ref_region_config *config)
{
    uint64_t size = 1;

    if (!config->blocks)
        return config->block;
    while (!(config->blocks & size))
        size *= 2;
    return size;
}

void ref_init(struct reference *r, const struct ref_config *config)
{
    uint64_t base = 0;

    memset(r, 0, sizeof(*r));
    r->config = *config;
    for (unsigned i = 0; i < config->regions; i++) {
        const struct ref_region_config *c = &config->region[i];

        r->region[i].base = base;
        r->region[i].block = c->block;
        r->region[i].cell = smallest_block(c);
        r->region[i].first = r->cells;
        r->region[i].cells = (unsigned)(c->length / r->region[i].cell);
        r->region[i].sanitize = c->sanitize == REF_ALWAYS;
        r->cells += r->region[i].cells;
        base = round_up(base + c->length, MIB_256);
    }
    for (unsigned i = 0; i < config->heads; i++)
        r->log[i].depth = config->dc_log;
    r->fm_log.depth = config->fm_log;
}

struct dcd_uuid ref_uuid(unsigned tag)
{
    struct dcd_uuid uuid;

    memset(&uuid, (int)tag, sizeof(uuid));
    return uuid;
}

/* --- Cells --------------------------------------------------------------- */

int ref_region_at(const struct reference *r, uint64_t dpa)
{
    for (unsigned i = 0; i < r->config.regions; i++)
        if (dpa >= r->region[i].base &&
            dpa - r->region[i].base < r->config.region[i].length)
            return (int)i;
    return -1;
}

unsigned ref_region_of(const struct reference *r, unsigned cell)
{
    unsigned i = r->config.regions - 1;

    while (r->region[i].first > cell)
        i--;
    return i;
}

int ref_cell_at(const struct reference *r, uint64_t dpa)
{
    int i = ref_region_at(r, dpa);

    if (i < 0)
        return -1;
    return (int)(r->region[i].first +
                 (dpa - r->region[i].base) / r->region[i].cell);
}

uint64_t ref_dpa(const struct reference *r, unsigned cell)
{
    const struct ref_region *region = &r->region[ref_region_of(r, cell)];

    return region->base + (cell - region->first) * region->cell;
}

unsigned ref_first_cell(const struct reference *r,
                        const struct ref_range *range)
{
    return (unsigned)ref_cell_at(r, range->dpa);
}

unsigned ref_last_cell(const struct reference *r, const struct ref_range *range)
{
    return (unsigned)ref_cell_at(r, range->dpa + range->length - 1);
}

uint8_t ref_attributes(const struct reference *r, unsigned head,
                       unsigned region)
{
    uint8_t own = r->config.attributes[head][region];

    return own ? own & (uint8_t)~REF_NO_ATTRIBUTES
               : r->config.region[region].attributes;
}

bool ref_sharable(const struct reference *r, unsigned head, unsigned region)
{
    return ref_attributes(r, head, region) & DCD_REGION_ATTR_SHARABLE;
}

bool ref_readable(const struct reference *r, unsigned head, unsigned cell)
{
    return r->cell[cell].state[head] == REF_ACCEPTED;
}

bool ref_writable(const struct reference *r, unsigned head, unsigned cell)
{
    return ref_readable(r, head, cell) &&
           !(ref_attributes(r, head, ref_region_of(r, cell)) &
             DCD_REGION_ATTR_READ_ONLY);
}

bool ref_write(struct reference *r, unsigned head, unsigned cell, uint64_t data)
{
    if (!ref_writable(r, head, cell))
        return false;
    r->cell[cell].data = data;
    return true;
}

/* --- Who holds what ------------------------------------------------------ */

static bool held(const struct reference *r, unsigned cell)
{
    for (unsigned head = 0; head < r->config.heads; head++)
        if (r->cell[cell].state[head] != REF_NOTHING)
            return true;
    return false;
}

/* A sharable allocation stays whole until nobody has any of it. */
static bool allocation_held(const struct reference *r, unsigned tag)
{
    if (r->referenced[tag] && r->fault != REF_FORGETS_REFERENCE)
        return true;
    for (unsigned c = 0; c < r->cells; c++)
        if (r->cell[c].extent && r->cell[c].tag == tag && held(r, c))
            return true;
    return false;
}

static void make_free(struct reference *r, unsigned cell)
{
    struct ref_cell *c = &r->cell[cell];
    bool erase = r->region[ref_region_of(r, cell)].sanitize || c->wanted;
    uint64_t data = erase && r->fault != REF_KEEPS_BYTES ? 0 : c->data;

    memset(c, 0, sizeof(*c));
    c->data = data;
}

void ref_settle(struct reference *r)
{
    bool alive[REF_NAMES + 1];

    for (unsigned tag = 1; tag <= REF_NAMES; tag++)
        alive[tag] = allocation_held(r, tag);
    for (unsigned c = 0; c < r->cells; c++) {
        const struct ref_cell *cell = &r->cell[c];

        if (cell->extent && (cell->sharable ? !alive[cell->tag] : !held(r, c)))
            make_free(r, c);
    }
}

bool ref_tag(const struct reference *r, unsigned tag, struct ref_tag *entry)
{
    bool alive = false;

    memset(entry, 0, sizeof(*entry));
    entry->referenced = r->referenced[tag];
    for (unsigned c = 0; c < r->cells; c++) {
        const struct ref_cell *cell = &r->cell[c];

        if (!cell->extent || cell->tag != tag)
            continue;
        alive = true;
        entry->sharable = cell->sharable;
        for (unsigned head = 0; head < r->config.heads; head++) {
            if (cell->state[head] == REF_ACCEPTED)
                entry->references |= 1u << head;
            if (cell->state[head] == REF_PENDING)
                entry->pending |= 1u << head;
        }
    }
    return alive;
}

/* --- Lists and limits ---------------------------------------------------- */

unsigned ref_join(const struct reference *r, unsigned c, unsigned *extent,
                  struct ref_range *list, unsigned count)
{
    const struct ref_cell *cell = &r->cell[c];

    if (cell->extent != *extent)
        list[count++] =
            (struct ref_range){ref_dpa(r, c), 0, cell->tag, cell->sequence};
    *extent = cell->extent;
    list[count - 1].length += r->region[ref_region_of(r, c)].cell;
    return count;
}

static unsigned list_without(const struct reference *r, unsigned head,
                             const bool *gone, struct ref_range *list)
{
    unsigned count = 0;
    unsigned extent = 0; /* of the cell before, if it is in the list */

    for (unsigned c = 0; c < r->cells; c++) {
        const struct ref_cell *cell = &r->cell[c];

        if (cell->state[head] != REF_ACCEPTED || (gone && gone[c])) {
            extent = 0;
            continue;
        }
        count = ref_join(r, c, &extent, list, count);
    }
    return count;
}

unsigned ref_list(const struct reference *r, unsigned head,
                  struct ref_range list[REF_LIST])
{
    return list_without(r, head, NULL, list);
}

static unsigned pending(const struct reference *r, unsigned head)
{
    unsigned count = 0;

    for (unsigned i = 0; i < r->offers; i++)
        count += r->offer[i].head == head;
    return count;
}

unsigned ref_tracked_without(const struct reference *r, unsigned head,
                             const bool gone[REF_CELLS])
{
    struct ref_range list[REF_LIST];

    return list_without(r, head, gone, list) + pending(r, head);
}

unsigned ref_tracked(const struct reference *r, unsigned head)
{
    return ref_tracked_without(r, head, NULL);
}

unsigned ref_available_extents(const struct reference *r, unsigned head)
{
    return r->config.extents - ref_tracked(r, head);
}

unsigned ref_available_tags(const struct reference *r)
{
    unsigned available = r->config.tags;
    struct ref_tag entry;

    for (unsigned tag = 1; tag <= REF_NAMES; tag++)
        available -= ref_tag(r, tag, &entry);
    return available;
}

/* --- Groups -------------------------------------------------------------- */

unsigned ref_group_of(const struct reference *r, unsigned head)
{
    for (unsigned i = 0; i < r->offers; i++)
        if (r->offer[i].head == head)
            return r->offer[i].group;
    return 0;
}

unsigned ref_oldest_group(const struct reference *r, unsigned head,
                          struct ref_range list[REF_LIST], bool *dead)
{
    unsigned group = ref_group_of(r, head);
    unsigned count = 0;

    for (unsigned i = 0; i < r->offers; i++) {
        if (r->offer[i].group != group)
            continue;
        list[count++] = r->offer[i].range;
        *dead = r->offer[i].dead;
    }
    return count;
}

void ref_end_group(struct reference *r, unsigned group)
{
    unsigned left = 0;

    for (unsigned i = 0; i < r->offers; i++) {
        const struct ref_offer *o = &r->offer[i];

        if (o->group != group) {
            r->offer[left++] = *o;
            continue;
        }
        for (unsigned c = ref_first_cell(r, &o->range);
             c <= ref_last_cell(r, &o->range); c++)
            if (r->cell[c].state[o->head] == REF_PENDING)
                r->cell[c].state[o->head] = REF_NOTHING;
    }
    r->offers = left;
    ref_settle(r);
}

void ref_refuse_group(struct reference *r, unsigned head, unsigned group)
{
    struct ref_range lowest = {UINT64_MAX, 0, 0, 0};

    for (unsigned i = 0; i < r->offers; i++)
        if (r->offer[i].group == group && r->offer[i].range.dpa < lowest.dpa)
            lowest = r->offer[i].range;
    lowest.length = 0;
    ref_end_group(r, group);
    ref_tell_fm(r, head, DCD_EVENT_ADD_RESPONSE, &lowest, 1);
}

/* --- Logs ---------------------------------------------------------------- */

/* A whole chain or nothing; a lossy device writes what fits. */
static void write_chain(struct reference *r, struct ref_log *log,
                        struct ref_record record, unsigned head,
                        const struct ref_range *list, unsigned count)
{
    unsigned room = log->depth - log->count;
    unsigned fits = count <= room ? count : r->config.lossy ? room : 0;

    if (r->config.revision >= 31) {
        record.available_extents = ref_available_extents(r, head);
        record.available_tags = ref_available_tags(r);
    }
    for (unsigned i = 0; i < fits; i++) {
        record.more = i + 1 < count && r->fault != REF_LOSES_MORE;
        record.range = list[i];
        log->record[log->count++] = record;
    }
    log->lost += count - fits;
    if (log->lost > UINT16_MAX)
        log->lost = UINT16_MAX;
}

void ref_tell_host(struct reference *r, unsigned head, uint8_t type,
                   unsigned region, const struct ref_range *list,
                   unsigned count)
{
    struct ref_record record = {.type = type, .region = region};

    write_chain(r, &r->log[head], record, head, list, count);
}

void ref_tell_fm(struct reference *r, unsigned head, uint8_t type,
                 const struct ref_range *list, unsigned count)
{
    struct ref_record record = {.type = type, .host = head};

    write_chain(r, &r->fm_log, record, head, list, count);
}

uint16_t ref_check_log(const struct reference *r, unsigned head, unsigned count)
{
    const struct ref_log *log = &r->log[head];

    if (r->config.lossy)
        return DCD_RC_SUCCESS;
    if (count > log->depth)
        return DCD_RC_RESOURCES_EXHAUSTED;
    return count > log->depth - log->count ? DCD_RC_RETRY_REQUIRED
                                           : DCD_RC_SUCCESS;
}

uint16_t ref_clear(struct ref_log *log, unsigned count, bool all)
{
    if (all && !log->lost)
        return DCD_RC_INVALID_INPUT;
    if (all)
        count = log->count;
    else if (count > log->count)
        return DCD_RC_INVALID_HANDLE;
    if (all || count)
        log->lost = 0;
    log->count -= count;
    memmove(log->record, log->record + count,
            log->count * sizeof(log->record[0]));
    return DCD_RC_SUCCESS;
}

/* --- The form of a list -------------------------------------------------- */

bool ref_overlap(const struct ref_range *a, const struct ref_range *b)
{
    return a->dpa < b->dpa + b->length && b->dpa < a->dpa + a->length;
}

static uint16_t check_entry(const struct reference *r,
                            const struct ref_range *list, unsigned i,
                            const bool *sound)
{
    const struct ref_range *e = &list[i];
    int at = ref_region_at(r, e->dpa);
    uint64_t offset;

    if (e->length == 0)
        return DCD_RC_INVALID_EXTENT_LIST;
    if (e->dpa + (e->length - 1) < e->dpa || at < 0)
        return DCD_RC_INVALID_PHYSICAL_ADDRESS;
    offset = e->dpa - r->region[at].base;
    if (e->length > r->config.region[at].length - offset)
        return DCD_RC_INVALID_PHYSICAL_ADDRESS;
    if (offset % r->region[at].block || e->length % r->region[at].block)
        return DCD_RC_INVALID_EXTENT_LIST;
    for (unsigned k = 0; k < i; k++)
        if (sound[k] && ref_overlap(&list[k], e))
            return DCD_RC_INVALID_EXTENT_LIST;
    return DCD_RC_SUCCESS;
}

uint16_t ref_check_form(const struct reference *r, const struct ref_range *list,
                        unsigned count, bool sound[REF_LIST])
{
    uint16_t rc = DCD_RC_SUCCESS;

    for (unsigned i = 0; i < count; i++) {
        uint16_t fault = check_entry(r, list, i, sound);

        sound[i] = fault == DCD_RC_SUCCESS;
        if (rc == DCD_RC_SUCCESS)
            rc = fault;
    }
    return rc;
}
