// Package finding is what careen says of a cluster: findings with their evidence,
// fixes as data, and how well each is known. Everyone may import it, without the
// probes that make findings.
package finding
