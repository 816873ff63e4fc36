import { harmless, type KindFamily, makesAll, makesPods, makesServices, modelled, unread } from './kind.ts';

const cnpg = 'CloudNativePG 1.30, API reference';
const mariadb = 'mariadb-operator 25.8, API reference';
const strimzi = 'Strimzi 0.48, API reference';

const record = 'It is a record of a backup or of the state of a cluster, which counts by itself';
const inside = 'It is data, a user or a setting inside of a database, which counts by itself';

/** Databases, caches and queues that operators run. */
export const databaseKinds: readonly KindFamily[] = [
  modelled('controllers', 'postgresql.cnpg.io', 'Cluster', 'Pooler'),
  harmless(inside, cnpg, 'postgresql.cnpg.io', 'Database', 'DatabaseRole', 'Publication', 'Subscription'),
  harmless(
    record,
    `${cnpg}. Backups run in the pods of the Cluster`,
    'postgresql.cnpg.io',
    'Backup',
    'ScheduledBackup',
    'FailoverQuorum',
  ),
  harmless('It is a list of images', cnpg, 'postgresql.cnpg.io', 'ImageCatalog', 'ClusterImageCatalog'),
  harmless(
    'It names a store for backups, which run in the pods of a Cluster',
    'Barman Cloud plugin 0.7, docs',
    'barmancloud.cnpg.io',
    'ObjectStore',
  ),
  modelled('controllers', 'dragonflydb.io', 'Dragonfly'),
  modelled('controllers', 'apps.emqx.io', 'EMQX'),
  unread(makesServices, 'emqx-operator 2.2, API reference', 'apps.emqx.io', 'EmqxBroker', 'EmqxEnterprise'),
  harmless(inside, 'emqx-operator 2.2, API reference', 'apps.emqx.io', 'EmqxPlugin', 'Rebalance'),
  ...[
    ['OT redis-operator 0.22, CRD', 'redis.redis.opstreelabs.in'],
    ['spotahome redis-operator 1.3, CRD', 'databases.spotahome.com'],
    ['valkey-operator 0.0.61, CRD', 'hyperspike.io'],
    ['Zalando postgres-operator 1.15, reference', 'acid.zalan.do'],
    ['Crunchy Postgres Operator 5.8, CRD', 'postgres-operator.crunchydata.com'],
    ['Percona Operator for PostgreSQL 2.7, CRD', 'pgv2.percona.com'],
    ['Percona Operator for MySQL 1.18, CRD', 'pxc.percona.com'],
    ['Percona Operator for MySQL 0.11, CRD', 'ps.percona.com'],
    ['Percona Operator for MongoDB 1.21, CRD', 'psmdb.percona.com'],
    ['StackGres 1.17, CRD', 'stackgres.io'],
    ['MySQL Operator 9.4, CRD', 'mysql.oracle.com'],
    ['MongoDB Community Operator 0.13, CRD', 'mongodbcommunity.mongodb.com'],
    ['OpenSearch operator 2.8, CRD', 'opensearch.opster.io'],
    ['K8ssandra 1.27, CRD', 'k8ssandra.io'],
    ['cass-operator 1.27, CRD', 'cassandra.datastax.com'],
    ['Scylla Operator 1.18, CRD', 'scylla.scylladb.com'],
    ['ClickHouse operator 0.25, CRD', 'clickhouse.altinity.com'],
    ['ClickHouse operator 0.25, CRD', 'clickhouse-keeper.altinity.com'],
    ...['elasticsearch', 'kibana', 'beat', 'agent', 'apm', 'enterprisesearch', 'logstash', 'maps'].map(
      (name) => ['Elastic Cloud on Kubernetes 3.1, CRD', `${name}.k8s.elastic.co`],
    ),
  ].map(([source = '', group = '']) => unread(makesServices, source, group, '*')),
  unread(makesServices, mariadb, 'k8s.mariadb.com', 'MariaDB', 'MaxScale'),
  unread(
    makesPods,
    mariadb,
    'k8s.mariadb.com',
    'Backup',
    'Restore',
    'PhysicalBackup',
    'PointInTimeRecovery',
    'SqlJob',
  ),
  harmless(inside, mariadb, 'k8s.mariadb.com', 'Connection', 'Database', 'User', 'Grant', 'ExternalMariaDB'),
  unread(
    { ...makesAll, does: 'makes pods, Services for its listeners, and network policies' },
    strimzi,
    'kafka.strimzi.io',
    'Kafka',
    'KafkaConnect',
    'KafkaBridge',
    'KafkaMirrorMaker',
    'KafkaMirrorMaker2',
    'KafkaNodePool',
  ),
  unread(makesPods, strimzi, 'core.strimzi.io', 'StrimziPodSet'),
  harmless(
    inside,
    strimzi,
    'kafka.strimzi.io',
    'KafkaTopic',
    'KafkaUser',
    'KafkaConnector',
    'KafkaRebalance',
  ),
  unread(makesServices, 'RabbitMQ Cluster Operator 2.16, API reference', 'rabbitmq.com', 'RabbitmqCluster'),
  harmless(inside, 'RabbitMQ Messaging Topology Operator 1.17', 'rabbitmq.com', '*'),
  harmless(inside, 'NACK 0.20, CRD', 'jetstream.nats.io', '*'),
];
