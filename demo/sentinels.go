package demo

// Values that stand where a cluster keeps its secrets. None of them may ever be
// seen in a report, on the screen or in a log, as they are or in base64.
const (
	sentinelKeepProvider  = "vmtoken-7Qd2-sentinel-keep-provider"
	sentinelKeepSibling   = "vmtoken-1Hs9-sentinel-keep-sibling"
	sentinelKeepDatabase  = "mysqlpw-4Kc8-sentinel-keep-database"
	sentinelReviewValues  = "apikey-3Vb1-sentinel-review-values"
	sentinelReviewPending = "apikey-6Tn5-sentinel-review-upgrade"
	sentinelConfigMap     = "deploykey-2Wm7-sentinel-configmap-driver"
	sentinelLakeSecret    = "encryption-9Rz3-sentinel-devlake"
	sentinelPlainEnv      = "smtp-5Xf6-sentinel-plain-env"
	sentinelAnnotation    = "licence-8Jg4-sentinel-chart-default"
	sentinelHealthy       = "pgpass-0Lp2-sentinel-harbour"
	sentinelLogged        = "logged-1Yk9-sentinel-crash-log"
)

// Sentinels lists them all.
var Sentinels = []string{
	sentinelKeepProvider, sentinelKeepSibling, sentinelKeepDatabase,
	sentinelReviewValues, sentinelReviewPending, sentinelConfigMap,
	sentinelLakeSecret, sentinelPlainEnv, sentinelAnnotation, sentinelHealthy, sentinelLogged,
}
