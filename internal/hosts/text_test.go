package hosts

import "testing"

func TestTheKeyIsTheNearestAbove(t *testing.T) {
	readAll(t, []readCase{
		{"a YAML sequence", "nodes:\n  - vm-0.vm:1\n  - \"vm-1.vm:1\"\nlog: info\n", "nodes: vm-0.vm:1 vm-1.vm:1 | not: its entries do not begin in one way\n"},
		{"a sequence that is not indented", "cluster:\n  initial_master_nodes:\n  - node-0\n  - node-1\n  peers:\n  - node-0\n  - node-1\n", "initial_master_nodes: node-0 node-1 (founders) | node-{}\npeers: node-0 node-1 | node-{}\n"},
		{"the flow style", "a: b\nnodes: [vm-0.vm:1, vm-1.vm:1]\n", "nodes: vm-0.vm:1 vm-1.vm:1 | vm-{}.vm:1\n"},
		{"the flow style over lines", "nodes: [\n  \"vm-0.vm:1\",\n  \"vm-1.vm:1\"\n]\nother: [x-0.x]\n", "nodes: vm-0.vm:1 vm-1.vm:1 | vm-{}.vm:1\nother: x-0.x | not: one entry does not show what separates two\n"},
		{"JSON over lines", "{\"retry_join\": [\n  \"node-0.node:7000\",\n  \"node-1.node:7000\"\n],\n\"peers\": [\"node-0.node\", \"node-1.node\"]}\n", "retry_join: node-0.node:7000 node-1.node:7000 (founders) | node-{}.node:7000\npeers: node-0.node node-1.node | node-{}.node\n"},
		{"a value of JSON", `{"a": {"peers": "n-0.n:1,n-1.n:1"}, "b": 1}`, "peers: n-0.n:1 n-1.n:1 | n-{}.n:1\n"},
		{"a list in an element", `hosts: ["n-0.n:1,n-1.n:1"]`, "hosts: n-0.n:1 n-1.n:1 | n-{}.n:1\n"},
		{"TOML", "[cluster]\nseeds = [\n  \"n-0.n\", # one\n  \"n-1.n\",\n]\n[store]\npeers = [\"n-0.n\", \"n-1.n\"]\n", "seeds: n-0.n n-1.n (founders) | n-{}.n\npeers: n-0.n n-1.n | n-{}.n\n"},
		{"properties", "x=1\nservers = vm-0.vm:1,vm-1.vm:1\n", "servers: vm-0.vm:1 vm-1.vm:1 | vm-{}.vm:1\n"},
		{"properties that go on", "peers=n-0.n:1,\\\n      n-1.n:1\nother=1\n", "peers: n-0.n:1 n-1.n:1 | n-{}.n:1\n"},
		{"a folded scalar", "peers: >-\n  n-0.n:1,\n  n-1.n:1\nother: 1\n", "peers: n-0.n:1 n-1.n:1 | n-{}.n:1\n"},
		{"a literal scalar", "peers: |\n  n-0.n:1\n  n-1.n:1\nother: 1\n", "peers: n-0.n:1 n-1.n:1 | n-{}.n:1\n"},
		{"a file in a literal scalar", "files:\n  app.conf: |\n    peers=n-0.n:1,n-1.n:1\n    x=1\n", "peers: n-0.n:1 n-1.n:1 | n-{}.n:1\n"},
		{"a plain scalar over lines", "peers: n-0.n:1 n-1.n:1\n  n-2.n:1\n", "peers: n-0.n:1 n-1.n:1 (open) | n-{}.n:1\n"},
		{"a quoted scalar over lines", "peers: \"n-0.n:1,n-1.n:1,\n  n-2.n:1\"\n", ""},
		{"lines of hosts", "n-0.n\nn-1.n\n", "F: n-0.n n-1.n | n-{}.n\n"},
		{"a comment is no member", "n-0.n:1\nn-1.n:1\n#n-2.n:1\n", "F: n-0.n:1 n-1.n:1 | n-{}.n:1\n"},
		{"a script", "#!/bin/sh\nexport PEERS=\"n-0.n:1,n-1.n:1\"\nfor h in n-0.n n-1.n; do ping $h; done\nif [ \"$HOSTNAME\" = n-0 ]; then run; fi\n", "PEERS: n-0.n:1 n-1.n:1 | n-{}.n:1\n"},
		{"two places of one key", "primary:\n  host: n-0.n\nreplica:\n  host: n-1.n\n", "host: n-0.n (some)\nhost: n-1.n (some)\n"},
		{"a counter under its own key", "a: n-0.n:1,n-1.n:1\nb: n-0.n:1\n", "a: n-0.n:1 n-1.n:1 | n-{}.n:1\nb: n-0.n:1 | not: one entry does not show what separates two\n"},
		{"targets of Prometheus", "static_configs:\n- targets:\n  - n-0.n:9100\n  - n-1.n:9100\n- targets: ['m-0.m:9100', 'm-1.m:9100']\n", "targets: n-0.n:9100 n-1.n:9100 | n-{}.n:9100\ntargets: m-0.m:9100 m-1.m:9100 | m-{}.m:9100\n"},
	})
}

func TestNumberedKeys(t *testing.T) {
	readAll(t, []readCase{
		{"ZooKeeper", "tickTime=2000\nserver.1=zk-0.zk:2888:3888\nserver.2=zk-1.zk:2888:3888\n", "server.N: server.1=zk-0.zk:2888:3888 server.2=zk-1.zk:2888:3888 | server.{+1}=zk-{}.zk:2888:3888\n"},
		{"ZooKeeper with client ports", "server.1=zk-0.zk:2888:3888:participant;0.0.0.0:2181\nserver.2=zk-1.zk:2888:3888:participant;0.0.0.0:2181", "server.N: server.1=zk-0.zk:2888:3888:participant;0.0.0.0:2181 server.2=zk-1.zk:2888:3888:participant;0.0.0.0:2181 | server.{+1}=zk-{}.zk:2888:3888:participant;0.0.0.0:2181\n"},
		{"ZooKeeper in one value", "server.1=zk-0.zk:2888:3888;2181 server.2=zk-1.zk:2888:3888;2181", "F: server.1=zk-0.zk:2888:3888;2181 server.2=zk-1.zk:2888:3888;2181 | server.{+1}=zk-{}.zk:2888:3888;2181\n"},
		{"with blanks", "server.1 = zk-0.zk:1\nserver.2 = zk-1.zk:1\n", "server.N: server.1=zk-0.zk:1 server.2=zk-1.zk:1 | server.{+1}=zk-{}.zk:1\n"},
		{"YAML", "servers:\n  node-0: n-0.n:1\n  node-1: n-1.n:1\n", "node-N: node-0: n-0.n:1 node-1: n-1.n:1 | node-{}: n-{}.n:1\n"},
		{"Spring", "peers[0]=n-0.n:1\npeers[1]=n-1.n:1\n", "peers[N]: peers[0]=n-0.n:1 peers[1]=n-1.n:1 | peers[{}]=n-{}.n:1\n"},
		{"a number within", "node.0.host=n-0.n\nnode.1.host=n-1.n\n", "node.N.host: node.0.host=n-0.n node.1.host=n-1.n | node.{}.host=n-{}.n\n"},
		{"settings beside the host", "node.0.host=n-0.n\nnode.0.port=1\nnode.1.host=n-1.n\nnode.1.port=1\n", "node.N.host: node.0.host=n-0.n node.1.host=n-1.n | not: each of its members has settings of its own, beside the host\n"},
		{"keys that do not count", "server.1=n-0.n:1\nserver.5=n-1.n:1\n", "server.N: server.1=n-0.n:1 server.5=n-1.n:1 | not: what its entries have before the host does not count up by one (\"server.1=\" and \"server.5=\")\n"},
		{"one key twice", "server.1=n-0.n:1\nserver.1=n-1.n:1\n", "server.N: server.1=n-0.n:1 server.1=n-1.n:1 | not: its keys do not count up by one\n"},
		{"RabbitMQ", "cluster_formation.classic_config.nodes.1 = rabbit@r-0.r\ncluster_formation.classic_config.nodes.2 = rabbit@r-1.r\n", "cluster_formation.classic_config.nodes.N: cluster_formation.classic_config.nodes.1=r-0.r cluster_formation.classic_config.nodes.2=r-1.r (founders) | cluster_formation.classic_config.nodes.{+1}=r-{}.r\n"},
		{"lists under numbered keys are their own", "shard1=n-0.n,n-1.n\nshard2=m-0.m,m-1.m\n", "shard1: n-0.n n-1.n | n-{}.n\nshard2: m-0.m m-1.m | m-{}.m\n"},
		{"sections", "[node.0]\nhost = n-0.n\nport = 1\n[node.1]\nhost = n-1.n\nport = 1\n", "node.N.host: n-0.n n-1.n | not: each of its members has settings of its own, beside the host\n"},
	})
}

func TestObjectsAndDirectives(t *testing.T) {
	readAll(t, []readCase{
		{"objects of YAML", "members:\n- host: n-0.n\n  port: 1\n- host: n-1.n\n  port: 1\n", "members.host: n-0.n n-1.n | not: each of its members has settings of its own, beside the host\n"},
		{"objects of JSON", `{"members": [{"_id": 0, "host": "n-0.n:27017"}, {"_id": 1, "host": "n-1.n:27017"}]}`, "members.host: n-0.n:27017 n-1.n:27017 | not: each of its members has settings of its own, beside the host\n"},
		{"a replica set that begins", "rs.initiate({\n  _id: \"rs0\",\n  members: [\n    {_id: 0, host: \"n-0.n:27017\"},\n    {_id: 1, host: \"n-1.n:27017\"}\n  ]\n})\n", "members.host: n-0.n:27017 n-1.n:27017 (founders)\n"},
		{"nginx", "upstream web {\n  least_conn;\n  server n-0.n:80 weight=5;\n  server n-1.n:80 weight=5;\n}\nupstream other { server m-0.m:80; server m-1.m:80; }\nserver {\n  listen 80;\n  location / { proxy_pass http://web; }\n}\n", "server: n-0.n:80 n-1.n:80 | n-{}.n:80\nserver: m-0.m:80 m-1.m:80 | m-{}.m:80\n"},
		{"two upstreams", "upstream a1 {\n  server n-0.n:80;\n}\nupstream a2 {\n  server n-1.n:80;\n}\n", "server: n-0.n:80 | not: one entry does not show what separates two\nserver: n-1.n:80 | not: one entry does not show what separates two\n"},
		{"HAProxy", "backend web\n    balance roundrobin\n    server s1 n-0.n:80 check\n    server s2 n-1.n:80 check\nbackend other\n    server m-0 m-0.m:80 check\n    server m-1 m-1.m:80 check\n", "server: s1 n-0.n:80 s2 n-1.n:80 | s{+1} n-{}.n:80\nserver: m-0 m-0.m:80 m-1 m-1.m:80 | m-{} m-{}.m:80\n"},
		{"HAProxy with a backup", "backend web\n    server s1 n-0.n:80 check\n    server s2 n-1.n:80 check backup\n", "server: s1 n-0.n:80 s2 n-1.n:80 | not: its entries differ in what follows the host\n"},
		{"HCL", "storage \"raft\" {\n  retry_join {\n    leader_api_addr = \"http://v-0.v:8200\"\n  }\n  retry_join {\n    leader_api_addr = \"http://v-1.v:8200\"\n  }\n}\n", "leader_api_addr: http://v-0.v:8200 (founders)\nleader_api_addr: http://v-1.v:8200 (founders)\n"},
		{"Cassandra", "seed_provider:\n- class_name: x\n  parameters:\n  - seeds: \"c-0.c,c-1.c\"\n", "seeds: c-0.c c-1.c (founders) | c-{}.c\n"},
		{"Zen discovery", "discovery:\n  zen:\n    ping:\n      unicast:\n        hosts: [\"e-0.e\", \"e-1.e\"]\n", "hosts: e-0.e e-1.e (founders) | e-{}.e\n"},
		{"a role", "MASTER_NODES=n-0.n,n-1.n\nES_MASTERS=es-master-0.x,es-master-1.x\n", "MASTER_NODES: n-0.n n-1.n (some) | n-{}.n\nES_MASTERS: es-master-0.x es-master-1.x | es-master-{}.x\n"},
	})
}
