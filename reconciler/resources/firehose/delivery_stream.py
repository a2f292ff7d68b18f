"""AWS::KinesisFirehose::DeliveryStream.

An update keeps what it leaves out: "If the destination type is the same, Firehose merges the
configuration parameters", so a block that goes is said to be off (UpdateDestination). Dynamic
partitioning is for a new stream only, and a backup that is on stays on (DynamicPartitioning-
Configuration, S3BackupMode; see schemas/aws/corrections.json). One that is made anew begins at the
end of its source: records in between are not delivered.
"""

from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import Off, declare

S3, REDSHIFT = "ExtendedS3DestinationConfiguration", "RedshiftDestinationConfiguration"
declare(
    "AWS::KinesisFirehose::DeliveryStream",
    aside=Aside(hands=("firehose.amazonaws.com",)),
    holds="records",
    offs=(
        *(Off(path=f"{it}.ProcessingConfiguration") for it in (S3, REDSHIFT)),
        *(Off(path=f"{it}.CloudWatchLoggingOptions") for it in (S3, REDSHIFT)),
        Off(path=f"{S3}.DataFormatConversionConfiguration"),
        Off(path=f"{S3}.DynamicPartitioningConfiguration"),
        Off(
            path=f"{S3}.EncryptionConfiguration",
            says={"NoEncryptionConfig": "NoEncryption", "KMSEncryptionConfig": None},
        ),
    ),
    told_by={f"{S3}.ProcessingConfiguration.Processors": "Type"},
    refers=(
        "AWS::Glue::Table",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::Kinesis::Stream",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
    ),
)
