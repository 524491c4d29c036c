# Harvests an OAI-PMH registry with HTTP::OAI and prints what it got as JSON.
# Usage: perl harvest.pl BASE_URL METADATA_PREFIX
use strict;
use warnings;
use HTTP::OAI;
use JSON::PP;

my ($base, $prefix) = @ARGV;
my $harvester = HTTP::OAI::Harvester->new(baseURL => $base);

my $identify = $harvester->Identify;
die $identify->message if $identify->is_error;

my @sets;
my $list_sets = $harvester->ListSets;
while (my $set = $list_sets->next) { push @sets, $set->setSpec }
die $list_sets->message if $list_sets->is_error;

my @formats;
my $list_formats = $harvester->ListMetadataFormats;
while (my $format = $list_formats->next) { push @formats, $format->metadataPrefix }

my @records;
# Its iterator holds the last part only; the callback is given every record.
my $collect = sub {
    my ($record) = @_;
    my $dom = defined $record->metadata ? $record->metadata->dom : undef;
    my ($root) = defined $dom ? grep { $_->isa("XML::LibXML::Element") } $dom->childNodes : ();
    ($root) = $root->getChildrenByTagName("*") if $root && $root->localname eq "metadata";
    push @records, {
        identifier => $record->identifier,
        datestamp => $record->datestamp,
        deleted => $record->is_deleted ? JSON::PP::true : JSON::PP::false,
        sets => [$record->header->setSpec],
        root => $root ? $root->nodeName : undef,
    };
};
my $list = $harvester->ListRecords(metadataPrefix => $prefix, set => 'ivo_managed', onRecord => $collect);
die $list->message if $list->is_error;

my $wrong = $harvester->GetRecord(identifier => 'ivo://x.invalid/none', metadataPrefix => $prefix);

print JSON::PP->new->canonical->utf8->encode({
    repositoryName => $identify->repositoryName,
    baseURL => $identify->baseURL,
    granularity => $identify->granularity,
    sets => \@sets,
    formats => \@formats,
    records => \@records,
    error => [map { $_->code } $wrong->errors],
});
