/* poller/table.c - entries by socket, for mechanisms that have to keep them.
 * SPDX-License-Identifier: MIT */
#include "poller.h"

#define CHAINS_AT_FIRST 64

/* Handles go up in steps of 1 on some systems and of 4 on others. */
static tenon__entry **chain_of(const tenon__table *entries, tenon_sock s) {
  size_t hash = (size_t)s ^ (size_t)s >> 2;
  return &entries->chains[hash % entries->chain_count];
}

static tenon__entry **allocate_chains(size_t count) {
  tenon__entry **chains = tenon__allocate_array(0, count, sizeof *chains);
  for (size_t i = 0; chains && i < count; i++) chains[i] = NULL;
  return chains;
}

int tenon__table_open(tenon__table *entries) {
  entries->count = 0;
  entries->chain_count = CHAINS_AT_FIRST;
  entries->chains = allocate_chains(CHAINS_AT_FIRST);
  return entries->chains ? 0 : tenon__refuse(TENON_ENOMEM);
}

/* Without memory the chains just get longer. */
static void grow(tenon__table *entries) {
  tenon__table larger = {allocate_chains(2 * entries->chain_count), 2 * entries->chain_count, 0};
  tenon__entry *entry;
  if (!larger.chains) return;
  for (size_t i = 0; i < entries->chain_count; i++) {
    while ((entry = entries->chains[i]) != NULL) {
      entries->chains[i] = entry->next;
      tenon__table_put(&larger, entry);
    }
  }
  tenon__release(entries->chains);
  *entries = larger;
}

void tenon__table_put(tenon__table *entries, tenon__entry *entry) {
  if (entries->count >= 4 * entries->chain_count) grow(entries);
  tenon__entry **chain = chain_of(entries, entry->sock);
  entry->next = *chain;
  *chain = entry;
  entries->count++;
}

tenon__entry *tenon__table_find(const tenon__table *entries, tenon_sock s) {
  tenon__entry *entry = *chain_of(entries, s);
  while (entry && entry->sock != s) entry = entry->next;
  return entry;
}

static tenon__entry *unlink_entry(tenon__table *entries, tenon__entry **at) {
  tenon__entry *entry = *at;
  if (!entry) return NULL;
  *at = entry->next;
  entries->count--;
  return entry;
}

tenon__entry *tenon__table_take(tenon__table *entries, tenon_sock s) {
  tenon__entry **at = chain_of(entries, s);
  while (*at && (*at)->sock != s) at = &(*at)->next;
  return unlink_entry(entries, at);
}

tenon__entry *tenon__table_take_any(tenon__table *entries) {
  for (size_t i = 0; i < entries->chain_count; i++) {
    if (entries->chains[i]) return unlink_entry(entries, &entries->chains[i]);
  }
  return NULL;
}

void tenon__table_close(tenon__table *entries) {
  tenon__release(entries->chains);
  entries->chains = NULL;
}
