// Package project turns objects of the API server into rows of the model, on
// arrival, so that no full object is ever kept. It drops managedFields but for a
// summary, replaces values of Secrets and ConfigMaps by names, sizes and a salted
// hash, replaces values of the environment by the hosts they name, and derives
// the complete index of references. Every string passes through internal/sanitize, and
// every string that people or programs write freely (messages, annotations, reasons,
// states, keys) through internal/mask, so that nothing behind it can hold a credential
// raw; strings and parts that many objects share are kept once.
//
// Pure but for the salt, the shared strings and what is known of Secrets: a value of a
// namespace's Secret is recognised in the messages that come after it.
package project
