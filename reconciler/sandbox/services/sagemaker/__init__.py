"""SageMaker as documented: one small file per kind over one store.

Replaces moto's Model, EndpointConfig, Endpoint, FeatureGroup, ModelPackage(Group) and Pipeline;
describe answers what create was given plus the defaults that AWS fills in.
"""
