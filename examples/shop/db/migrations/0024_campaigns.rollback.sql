DROP TABLE catalog.campaigns;
